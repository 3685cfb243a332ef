"""What is known of the English language, and nothing of how it is used: below all stages.

Whoever would have Verbatim read another language writes these; beside them only patterns of whole questions
(`qa.answer.understand`), of answers' forms (`qa.answer.decide`) and of pages' furniture (`qa.ingest`) are English.

- `words`: words of grammar, stop words, pronouns; a stemmer;
- `verbs`: auxiliaries, and the words that say whether a day is past or to come;
- `numbers`: number words and scales;
- `calendar`: months, weekdays, years, and how days are written;
- `dates`: phrases of days, counted from a text's own date;
- `names`: what a text names, and in which other forms another text may name it;
- `sentences`: where sentences end, and datelines.
"""
