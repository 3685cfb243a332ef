"""The words by which furniture is known: short lines that pages put around articles, in whole-line patterns.

Every pattern must match a line as a whole (case and outer punctuation aside), so that a sentence which merely
contains such words stays.
"""

from __future__ import annotations

import re

FURNITURE_WORDS = 40  # consent and promotion texts run to three sentences; longer ones are read as text


def _whole_line(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\W*(?:" + "|".join(patterns) + r")\W*", re.I)


def may_hold(text: str, hints: tuple[str, ...]) -> bool:
    """Whether a pattern is worth trying: what it matches holds one of its hints, and most lines hold none."""
    lower = text.lower()
    return any(map(lower.__contains__, hints))


# Buttons, promotion, consent: never part of an article.
FURNITURE = _whole_line(
    r"(?:(?:updated|posted|published) )?(?:\d+|an?|one) (?:sec|min|hour|hr|day|week|month|year)\w* ago",
    r"(?:did you )?enjoy(?:ed)? this\b.{0,40}\b(?:subscribe|share|donate|support|coffee"
    r"|newsletter)\b.{0,60}",
    r"for immediate release|embargoed (?:until|till) .*|(?:more|other) options",
    r"(?:i )?(?:dis)?agree(?: and close)?|what are your thoughts\??",
    r"we (?:value|care about|respect) your privacy",
    r"(?:was|is|did you find) this (?:page|article|answer|story) (?:helpful|useful)\W*(?:yes|no|\W)*",
    r"(?:if you (?:like|liked|enjoy|enjoyed) this .{1,40})?\bshare it with .{0,30}friends?",
    r"(?:sign up|subscribe|join)(?: now| today| here)? (?:to|for) .{0,60}\b(?:newsletter|alert|update"
    r"|e-?mail|briefing|channel|digest)s?\b.{0,80}",
    r"(?:all|more|latest|breaking) (?:news|podcasts|stories|videos|articles|episodes|topics|posts)",
    r"skip to (?:main )?(?:content|navigation)(?: skip to [\w ]+)?",
    r"jump to (?:content|navigation|search)",
    r"(?:sign|log) ?(?:in|up|out)(?: (?:or|/) (?:register|(?:sign|log) ?(?:up|in)))?|register(?: now)?",
    r"my account|your account|subscribe(?: now| today| here)?|unsubscribe|donate(?: now)?|support us",
    r"become a (?:member|subscriber|supporter)",
    r"share(?: this)?(?: (?:article|story|page|post|link|via email))?(?: on [\w ,]+)?",
    r"share [\w ]{0,12}(?:facebook|twitter|x|email|whatsapp)",
    r"(?:(?:share on |tweet on )?(?:facebook|twitter|x|whatsapp|linkedin|telegram|reddit|pinterest"
    r"|instagram|youtube|tiktok|vk|email|e-mail|print|messenger|rss|copy link|pin it|tweet|mail"
    r"|flipboard|threads|bluesky|mastodon|pocket)[\s,|/·•]*)+",
    r"(?:advertisement|advertising|advert|sponsored(?: content)?|promoted|paid post|ad"
    r"|ads by \w+)(?:\W+(?:continue reading below|scroll to continue|story continues below"
    r"|article continues below).*)?",
    r"(?:story|article) continues (?:below|after).*|continue reading(?: the main story| below)?",
    r"scroll (?:down )?(?:to continue|for more).*|back to (?:top|home(?:page)?|the top)|return to top",
    r"top of page|(?:load|show|see|view|read) (?:more|all|less)(?: comments| replies)?",
    r"(?:next|previous|prev|newer|older)(?: (?:article|post|story|page))?(?: ?[:›»].*)?",
    r"listen(?: to (?:this )?(?:article|story))?(?: ?\(?\d+(?::\d+| min\w*)\)?)?",
    r"play(?: video| audio)?|watch(?: live| now| video)?|mute|unmute|\d+[ -]?min(?:ute)?s?(?: read)?",
    r"reading time\W+\d+ min\w*|\d+ (?:comments?|shares?|views|likes?|replies|reactions|upvotes?)",
    r"(?:like|reply|quote|report|flag|upvote|downvote|permalink|save|edit|delete|follow|following"
    r"|bookmark|hide|react|award|give award)(?:[\s|·•/,(]+(?:like|reply|quote|report|flag|share"
    r"|permalink|save|\d+\)?))*",
    r"(?:leave|write|post|add) a (?:comment|reply)|be the first to comment|follow us(?: on [\w ,]+)?",
    r"follow @?[\w ]{2,30}|@\w+ on twitter|loading\b.*|please wait\W*|open in (?:app|browser)",
    r"view in (?:app|browser)|view this email in your browser|having trouble viewing.*",
    r"(?:accept|reject|allow|decline|manage)(?: all)?(?: (?:and (?:close|continue)|(?:cookies?"
    r"|preferences|settings|consent|choices|options)))*",
    r"(?:i agree|got it|ok|close|cancel|submit|dismiss|menu|search|toggle \w+|main menu"
    r"|hamburger menu|site (?:map|search)|no thanks)",
    r"(?:[\w’']+ )?(?:privacy|cookies?)(?: (?:policy|notice|settings|statement|preferences))",
    r"terms (?:of|and) (?:use|service|sale|conditions)|terms|imprint|impressum",
    r"do not sell (?:or share )?my (?:personal )?info(?:rmation)?|your (?:privacy|ad) choices",
    r"(?:photo|image|picture)s?(?: credit)?\s*:\s*[^.!?]{2,60}|getty images",
    r"(?:ap|afp|reuters)(?: photo)?|[\w’' ]{0,30}\b(?:news )?app|download (?:our|the) .{0,40}\bapp\b.*",
    r"get the app.*|(?:available|download|get it) on (?:the )?(?:app store|google play).*",
    r"(?:sign up|subscribe)(?: (?:now|today|here))? (?:to|for) (?:our|the|your|a free)\b.*",
    r"subscribe (?:now|today) (?:to|for|from|and)\b.*",
    r"(?:get|receive) .{0,60}\b(?:in|to) your inbox\b.*",
    r"(?:enter|your) (?:your )?e-?mail(?: address)?.*",
    r"by (?:signing up|subscribing|clicking|continuing|using this)\b.*|please enable javascript.*",
    r"your browser (?:does not|doesn.t) support.*|this (?:page|site) requires javascript.*",
    r"you need to enable javascript.*|this site is protected by recaptcha.*",
    r"you (?:have|.ve) (?:\d+|one|two|three|reached) .{0,20}\bfree (?:articles?|stories"
    r"|article limit)\b.*",
    r"(?:update your preferences|manage (?:your )?subscriptions?)(?: or unsubscribe.*)?",
    r"you (?:are )?receiv\w+ this (?:e-?mail|newsletter) because.*",
    r"(?:topics?|tags?|filed under|categories|category|labels|keywords|more on)\s*:.{0,200}",
    r"posted in .{1,60}|(?:turn on|enable|allow) notifications?.*|font size.*",
    r"(?:text )?size [a-z+ -]{1,6}|dark mode|light mode|night mode",
    r"(?:reset|forgot(?:ten)?) (?:your )?password\??|remember me|username|password",
)

# Apart, as they are looked for at each letter of a line, and their hints only once.
PROMOTION = re.compile(
    r"\baffiliate links?\b|\bconsider (?:a donation|donating|subscribing|supporting)\b"
    r"|\breader-supported publication\b",
    re.I,
)
PROMOTION_HINTS = ("affiliate link", "consider ", "reader-supported")
COOKIES = re.compile(
    r"\b(?:(?:this|our) (?:web)?site uses cookies|we (?:and our (?:\d+ )?partners )?use (?:\w+ )?cookies"
    r"|(?:use|store)\w* (?:of )?cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)"
    r"|store and/or access information on a device)\b",
    re.I,
)
COOKIES_HINTS = ("cookie", "on a device")

# Consent walls use many of these words at once, whatever their wording.
CONSENT = re.compile(
    r"\b(cookies?|personal data|personali[sz]ed|our partners|your consent|preferences|privacy|geolocation"
    r"|on (?:a|your) device|legitimate interests?|opt out|advertising|analytics)\b",
    re.I,
)
CONSENT_HINTS = (
    "cookie", "personal", "partners", "consent", "preferences", "privacy", "geolocation", "device", "legitimate",
    "opt out", "advertising", "analytics",
)  # fmt: skip
CONSENT_TERMS = 4  # different ones; an article about privacy spreads them over several paragraphs
CONSENT_WORDS = 150

# A notice, not a sentence that speaks of copyright: a sign, a year or an owner's name follows the word.
COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright\s*(?:©|\(c\)|:|by\b|(?=(?:19|20)\d\d\b)))"
    r".{0,200}(?:\b(?:19|20)\d\d\b|all rights reserved).{0,200}"
    r"|copyright\b(?:\s+(?-i:[A-Z0-9])[\w.&’',–-]*){1,8}\W*|.{0,60}(?:19|20)\d\d\s*©.{0,120}"
    r"|.{0,120}\ball rights (?:are )?reserved\b\W*(?:(?:[\w’']+\W+){0,12}[\w’']+\W*)?",
    re.I,
)
COPYRIGHT_HINTS = ("©", "(c)", "copyright", "all rights")

# Headings over lists of links to other articles. The strong ones are never a heading of the article's own.
STRONG_OPENER = _whole_line(
    r"(?:read|see|watch) (?:more|also|next|this next)(?: (?:on|about|from|in) .{1,40})?",
    r"also (?:read|see)|more (?:like this|stories|news|headlines|coverage)",
    r"related(?: (?:articles?|stories|story|news|topics?|content|links?|posts?|coverage|videos?"
    r"|tags))?",
    r"on this story|(?:today.?s )?top (?:stories|news|headlines|articles|posts)|must[- ](?:read|see)s?",
    r"don.?t miss(?: this)?",
    r"(?:most|more) (?:popular|read|viewed|shared|commented|watched|recent)(?: (?:stories|articles"
    r"|news|now|today|this week|in \w+))?",
    r"trending(?: (?:now|news|today|topics|stories))?|in other news|latest (?:from|in|on) .{1,40}",
    r"latest headlines|just in|more (?:from|on|in|about) .{1,50}",
    r"recommended(?: (?:for you|stories|reading|articles|by))?|what to read next|up next",
    r"you (?:may|might) (?:also )?(?:like|have missed|be interested in|want to read).*",
    r"people also (?:read|ask)|readers also .{2,20}|editors?.{0,2} (?:picks?|choice|recommendations?)",
    r"our picks|from our partners|around the web|from around the web|you might have missed",
    r"(?:promoted|sponsored|paid) (?:stories|links|content|posts?)",
    r"recent (?:posts|articles|comments|stories)|popular (?:posts|now|articles|stories|tags)",
    r"[\w&]+ (?:recommends|shorts|originals|picks)|(?:share|explore) (?:more|this topic)",
    r"similar (?:articles|posts|stories|threads|topics)|(?:news)?letters? (?:from|by) .{2,30}",
    r"suggested (?:for you|topics)|hot network questions|linked|see more on",
)
WEAK_OPENER = _whole_line(
    r"[\w&]+ features",
    r"podcasts?|features?|videos?|photos?|pictures|galler(?:y|ies)|newsletters?|latest|popular|opinion",
    r"explore|tags?|topics?|categories|archives?|links|sections?|follow|share|blogroll|links",
)
# "Read more: Storm closes port": an opener and its link in one line.
INLINE_LINK = re.compile(
    r"\W*(?:(?:read|see) (?:more|also)|also read|related(?: \w+)?|more on this(?: story)?|watch(?: live| now)?"
    r"|listen|don.?t miss|recommended|editor.s pick|in pictures|from the archive|videos?|audio|gallery)"
    r"\s*[:|»›]\s*\S.*",
    re.I,
)
# What a page says of itself in a row of such facts; alone on a line these may be text.
PAGE_FACT = _whole_line(
    r"(?:section|category|reading time|read time|author|source|topics?|tags?|language|views?"
    r"|comments?|words)\s*:.{1,60}",
    r"archives?|rss|(?:no|\d+) (?:comments?|replies|views)",
)
# What stands at the end of an article and before nothing of it.
CLOSER = _whole_line(
    r"comments? ?\(\d+\)|\d+ comments",
    r"(?:join|start) the (?:conversation|discussion)(?: below)?(?: ?\(\d+\))?|post a comment",
    r"leave a (?:comment|reply)",
    r"(?:comments (?:are|have been) closed|commenting (?:is|has been) (?:closed|disabled)).*",
    r"sort by\b.*|view (?:all )?\d* ?comments|(?:read|view) comments|conversation ?\(?\d+\)?",
    r"\d+ (?:replies|responses|thoughts on .*)",
)
WEAK_CLOSER = _whole_line(
    r"comments?|replies",
)
# Headings over readers' comments on pages, in the languages of most pages.
COMMENTS_HEADING = _whole_line(
    r"(?:\d+ )?(?:(?:reader|user|visitor)s?.{0,2} )?(?:comments?|replies|responses)(?: \(?\d+\)?)?",
    r"(?:\d+ )?(?:comments?|replies|responses) (?:on|to) .{1,80}",
    r"(?:show|hide|view|read|see|open|all)(?: all)?(?: \d+)? comments?(?: \(?\d+\)?)?",
    r"(?:join|start) the (?:conversation|discussion)|have your say|leave a (?:reply|comment)",
    r"your (?:opinions?|comments?|views|thoughts|say)",
    r"(?:reader|user)s?.{0,2} (?:opinions?|reactions?|views|discussion)",
    r"what (?:(?:our|the|other) )?(?:readers|users|people|others) (?:say|said|think|are saying)",
    r"(?:\d+ )?(?:leser|user)?kommentare?(?: \(?\d+\)?)?(?: zu .{1,80})?|leser(?:meinungen|zuschriften|forum)",
    r"(?:\d+ )?(?:commentaires?|r[ée]actions des lecteurs|vos r[ée]actions)(?: \(?\d+\)?)?",
    r"(?:\d+ )?(?:comentarios?|coment[áa]rios?|commenti|commento|reacties|kommentarer|komentarze)(?: \(?\d+\)?)?",
    r"(?:\d+ )?(?:комментари[ий]|коментари|коментарі|yorumlar|σχόλια|تعليقات|نظرات)(?: ?\(?\d+\)?)?",
    r"(?:みんなの)?コメント(?: ?[(（]?\d+[)）]?)?",
    r"(?:网友|網友|读者|讀者|用户|最新|热门|熱門|全部|精彩)?(?:评论|評論|留言|跟帖|回复|回覆)(?: ?[(（]?\d+[)）]?)?",
)

NAV_WORDS = frozenset(
    """home homepage news world international national local region regional uk us usa europe asia africa americas
    russia fsu business economy money markets finance sport sports football politics tech technology science health
    opinion opinions culture arts entertainment video videos weather travel lifestyle life style food more menu
    search signin login subscribe newsletters newsletter podcasts podcast contact about live radio tv shop jobs
    careers help faq archive archives forum forums blog blogs gallery photos pictures media multimedia events
    calendar sitemap advertise advertising privacy terms cookies accessibility education environment climate
    society features feature investigations magazine editions edition english account register store obituaries
    crime courts community puzzles games crosswords horoscopes classifieds property cars motoring books film music
    theatre fashion wellness recipes real estate directory support pricing products product docs documentation
    download downloads resources solutions company team press partners trending latest popular topics sections all
    stories columnists letters editorials explore discover watch listen follow rss in war defense military space
    and""".split()
)
LANGUAGES = frozenset(
    """english deutsch german français francais french español espanol spanish italiano italian português portugues
    portuguese русский russian українська ukrainian polski polish türkçe turkce turkish العربية arabic 中文
    chinese 日本語 japanese 한국어 korean हिन्दी hindi فارسی persian nederlands dutch svenska swedish čeština cestina
    czech română romana magyar ελληνικά עברית bahasa indonesia indonesian tiếng việt vietnamese srpski
    hrvatski""".split()
)
