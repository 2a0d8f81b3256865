"""Languages: which tags (BCP 47) name one, and which tag was meant by a name.

The two-letter tags are all of ISO 639-1. Of the thousands of three-letter ones only those are known that BCP 47
wants written in two letters; any other may be a language. Nothing longer is one.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache

_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it
iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo
mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh
si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh
yi yo za zh zu
"""
_TWO_LETTERS = frozenset(_ISO_639_1.split())
# The languages that are taught most, a tag a line: the names in English and in the language itself, its three
# letters, and what else is written for it, such as the two letters of a country.
_NAMES = """
af: afrikaans, afr
am: amharic, አማርኛ, amh
ar: arabic, العربية, عربي, ara
az: azerbaijani, azərbaycanca, aze
be: belarusian, беларуская, беларуская мова, bel
bg: bulgarian, български, bul
bn: bengali, bangla, বাংলা, ben
bs: bosnian, bosanski, bos
ca: catalan, català, cat
cs: czech, čeština, ces, cze, cz
cy: welsh, cymraeg, cym, wel
da: danish, dansk, dan, dk
de: german, deutsch, deu, ger
el: greek, ελληνικά, ell, gre, gr
en: english, eng, us, gb
en-GB: british, british english
en-US: american, american english
eo: esperanto, epo
es: spanish, español, espanol, castellano, spa
et: estonian, eesti, est
eu: basque, euskara, eus, baq
fa: persian, farsi, فارسی, fas, per
fi: finnish, suomi, fin
fil: filipino
fr: french, français, francais, fra, fre
ga: irish, gaeilge, gle
gl: galician, galego, glg
gu: gujarati, ગુજરાતી, guj
he: hebrew, עברית, עִבְרִית, heb
hi: hindi, हिन्दी, हिंदी, hin
hr: croatian, hrvatski, hrv
hu: hungarian, magyar, hun
hy: armenian, հայերեն, hye, arm
id: indonesian, bahasa indonesia, ind
is: icelandic, íslenska, islenska, isl, ice
it: italian, italiano, ita
ja: japanese, 日本語, nihongo, jpn, jp
ka: georgian, ქართული, kat, geo
kk: kazakh, қазақша, kaz
km: khmer, ខ្មែរ, khm
kn: kannada, ಕನ್ನಡ, kan
ko: korean, 한국어, kor
la: latin, latina, lat
lt: lithuanian, lietuvių, lit
lv: latvian, latviešu, lav
mk: macedonian, македонски, mkd, mac
ml: malayalam, മലയാളം, mal
mn: mongolian, монгол, монгол хэл, mon
mr: marathi, मराठी, mar
ms: malay, bahasa melayu, msa, may
my: burmese, မြန်မာ, mya, bur
nb: bokmål, bokmal, nob
ne: nepali, नेपाली, nep
nl: dutch, nederlands, flemish, vlaams, nld, dut
nn: nynorsk, nno
no: norwegian, norsk, nor
pa: punjabi, ਪੰਜਾਬੀ, pan
pl: polish, polski, pol
pt: portuguese, português, portugues, por
pt-BR: brazilian, brazilian portuguese, português brasileiro
ro: romanian, română, romana, ron, rum
ru: russian, русский, русский язык, rus
sa: sanskrit, संस्कृतम्, san
sk: slovak, slovenčina, slovencina, slk, slo
sl: slovenian, slovene, slovenščina, slv
so: somali, soomaali, som
sq: albanian, shqip, sqi, alb
sr: serbian, српски, srpski, srp
sv: swedish, svenska, swe
sw: swahili, kiswahili, swa
ta: tamil, தமிழ், tam
te: telugu, తెలుగు, tel
th: thai, ไทย, ภาษาไทย, tha
tl: tagalog, tgl
tr: turkish, türkçe, turkce, tur
uk: ukrainian, українська, українська мова, ukr, ua
ur: urdu, اردو, urd
uz: uzbek, oʻzbekcha, uzb
vi: vietnamese, tiếng việt, tieng viet, vie, vn
yi: yiddish, ייִדיש, yid
zh: chinese, mandarin, 中文, 汉语, 漢語, 普通话, zho, chi, cn
zh-Hans: simplified chinese, 简体中文
zh-Hant: traditional chinese, 繁體中文, 正體中文
zu: zulu, isizulu, zul
"""
_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*\Z", re.IGNORECASE)
# The script or the region that may follow a language in its tag.
_REGION = re.compile(r"-([A-Za-z]{4}|[A-Za-z]{2}|\d{3})\b")


def is_language(tag: str) -> bool:
    """Whether a tag begins with a language that there is, or may be."""
    language = tag.partition("-")[0].lower()
    return language in _TWO_LETTERS or (len(language) == 3 and language not in _tags())


def meant_language(text: str) -> str:
    """The tag that a name of a language, in English or its own, or a slip of a tag stands for; it may be empty."""
    text = unicodedata.normalize("NFC", text.strip()).replace("_", "-").partition(".")[0]
    if _TAG.match(text) and is_language(text):
        return text
    name, rest = text, ""
    if name.casefold() not in _tags() and (found := re.match(r"[^\W\d_]+", text)):
        # `Deutsch (Schweiz)`, `jp-JP`
        name, rest = found[0], text[found.end() :]
    near = [name.casefold()] if len(name) < 5 else get_close_matches(name.casefold(), _tags(), n=1, cutoff=0.8)
    tag = _tags().get(near[0], "") if near else ""
    region = _REGION.match(rest)
    return tag + region[0] if tag and region else tag


@cache
def _tags() -> dict[str, str]:
    """The tags by names, in small letters."""
    found = {}
    for line in unicodedata.normalize("NFC", _NAMES).strip().splitlines():
        tag, _, names = line.partition(": ")
        found.update(dict.fromkeys(names.casefold().split(", "), tag))
    return found
