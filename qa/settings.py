"""Every tunable, with its default and why that default."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What shapes an index, and what shapes an answer.

    Raises ValueError where a value makes no sense, so a wrong setting fails when it is made, not when it is used.
    """

    # --- shape an index: changing one of these builds it anew -------------------------------------------------

    # The encoder: a name, or a folder with a sentence-transformers model. The default is small (22 M weights) and
    # comes with the installation, so the first index needs no network.
    encoder: str = "all-MiniLM-L6-v2"
    # Tokens in a passage, the encoder's own count: about 110 English words. With a title before it a passage still
    # fits the 256 tokens that the default encoder reads; longer text would be cut without a word.
    passage_tokens: int = 160
    # The encoder sees "title. passage": a passage that says "he" or "the talks" is found by whom and what the
    # title names. What is stored and quoted never holds it. The first half of SQuAD 2.0's development set, whose
    # titles are one word: dense recall@10 95.0 with it and 94.8 without.
    title_in_vectors: bool = True
    # The lexical index counts the title once with each passage, so a question in the title's words finds the
    # article even where the passage uses a pronoun. Once only: more would rank all passages of an article alike.
    title_in_lexical: bool = True
    # Which fields of .jsonl and .csv files are which part of an article, where they are not called as exports usually
    # call them: "text=body,title=headline". Named by whom the files are from, so no default could be right.
    fields: str = ""

    # MiB of vectors up to which a search compares them all, exactly; more are put into lists (from 34 thousand passages
    # of 384 dimensions on). To compare all takes 0.1 ms a MiB.
    exact_mib: float = 50.0

    # --- shape retrieval --------------------------------------------------------------------------------------

    # Passages read and returned. Ten is what the reader reads in a few hundredths of a second.
    top_k: int = 10
    # How deep each search goes before the fusion. The first half of SQuAD 2.0's development set (800 questions over
    # 636 paragraphs): recall@10 is 97.5 with 50 and with 400, so deeper only costs time.
    candidates: int = 50
    # Lists of vectors that a search looks through, where there are lists. Over 100,000 passages in 1,264 lists, 200
    # questions: 32 find 99.6 % of the ten nearest, 64 find 99.8 %, 128 find 99.95 %, in 2.2 ms instead of 1.5.
    # Over a million in 4,000 lists, 500 questions: 128 find 99.98 %, in 4.2 ms.
    probes: int = 128
    # k of reciprocal rank fusion. Cormack, Clarke and Buettcher (SIGIR 2009) fused dozens of rankings with 60; with
    # two, a small k lets each one's first places count. Over 2,224 training paragraphs, 2,000 questions: k of 5 and a
    # lexical weight of 1.5 find the right paragraph first for 78.2 %, among ten for 97.5 %; 60 and 1.0 for 72.2 % and
    # 96.4 %.
    rrf_k: int = 5
    # Weight of the search by meaning in the fusion; 0: it is not made.
    dense_weight: float = 1.0
    # Weight of the search by words in the fusion; 0: it is not made.
    lexical_weight: float = 1.5

    # --- shape an answer --------------------------------------------------------------------------------------

    # Characters in a question. Longer text is a document, not a question.
    question_chars: int = 1000
    # Earlier turns accepted with a question; only the last few can matter to what a pronoun means.
    history_turns: int = 50
    # The sentence reader's null score: a sentence whose cosine with the question is lower does not answer it. The
    # first half of SQuAD 2.0's development set: it keeps 66.3 of the 67.3 % that are answered by the right sentence,
    # and refuses 90 % of the questions about articles that are not indexed (0.40: 76 %, 0.50: 96 % but 64.0 kept).
    sentence_threshold: float = 0.45
    # A question about a day or a name that nothing mentions is refused unread. What this and the next two bring is in
    # docs/trust.md.
    refuse_unmentioned: bool = True
    # Spans that cannot be an answer by their form ("how many" without a number) are dropped.
    check_form: bool = True
    # Of the questions, the share to expect without an answer: with more of them an answer is less likely, and it takes
    # more to give one. Confidence and threshold were fitted for a third (docs/trust.md) and follow by Bayes' rule.
    unanswerable: float = 1 / 3
    # Dates in a question favour articles and are looked for in passages.
    use_dates: bool = True
    # Words of a question that are none, and that no article uses, are asked as what is spelled like them in the
    # passages found, where that brings the question nearer to them.
    mend_spelling: bool = True

    # Passages read first, the best found: 0 reads all. Where one of their spans has the null margin below, of the
    # others only those are read that may speak for or against it: that hold its words, or so large a share of the
    # question's telling words as is said below. Fitted on the first half of SQuAD 2.0's development set, of which 1,250
    # questions were asked of all its paragraphs: of ten passages 7.2 are read, no answer changes, and for 0.4 % of the
    # questions what is told beside it.
    read_first: int = 3
    # The null margin from which of further passages only some are read. With 1.0 one answer of 1,250 changes, and for
    # 0.6 % what is told beside it, for 0.2 passages fewer.
    read_margin: float = 2.0
    # The share of the question's telling words, of what the answer's own passage holds of them, from which another is
    # read nevertheless.
    read_words: float = 0.75
    # The share of the question's telling words, of what the passage that holds most of them holds, below which none but
    # the best found is read. Beside 0.3 it changes no answer of 1,250 questions of SQuAD 2.0's half a, of 1,119 over
    # other texts one, for the better, and for 13 of all these what is told beside it.
    read_least: float = 0.4

    # --- shape the service ------------------------------------------------------------------------------------

    # Published generations on disk, the current one included: one to go back to, and one more for a process that
    # opened it before two quick rebuilds.
    keep_generations: int = 3
    # MiB of an index up to which all its files are compared with their checksums before it answers, half a second of
    # work for each 512. A larger one is opened once every size is right, and compared while it answers: where a bit
    # is found to have changed, the newest whole index before it takes over, and says so. What builds upon an index, or
    # goes back to one, compares it first, however large.
    checked_mib: int = 512
    # Threads of one exact vector search. One: a search of this size ends before a second thread has woken, and two
    # OpenMP pools beside a busy neighbour were seen to turn 7 ms into 500 ms.
    search_threads: int = 1

    # Threads of one pass through a model. One: requests run side by side, and a pass that waits for a second thread
    # waits for whoever holds the second core.
    model_threads: int = 1

    # How the models compute: "float32", "bfloat16", "int8" (of their linear layers), or "auto": what $QA_PRECISION
    # names, else bfloat16 where the processor multiplies it faster, else int8 on x86 with AVX2, else float32. A
    # question's vector is made in float32 always. What each takes and gives up is in docs/speed.md.
    precision: str = "auto"

    # Questions that the models work on at a time, and parts that are read at a time, one question's or several's; None:
    # one a core. More would only share the cores.
    workers: int | None = None
    # Questions that wait for them. One more is refused at once with the seconds after which to come again: at 50 ms a
    # question and two workers the last of 32 waits for less than a second.
    waiting: int = 32
    # Seconds after which no further step of a question begins, and it ends with an error that says so.
    deadline_seconds: float = 30.0
    # Answers kept for who asks the same again of the same index, and as many vectors of questions. None by default, so
    # that whoever measures measures the work; `qa serve` keeps 1,000, of some 20 kB each.
    answers_kept: int = 0

    def __post_init__(self) -> None:
        _check(self.encoder.strip() != "", "encoder must name a model")
        _check(16 <= self.passage_tokens <= 512, "passage_tokens must be from 16 to 512")
        _check(1 <= self.top_k <= MAX_TOP_K, f"top_k must be from 1 to {MAX_TOP_K}")
        _check(0 <= self.exact_mib < float("inf"), "exact_mib must be a number of MiB, from 0")
        _check(self.probes >= 1, "probes must be at least 1")
        _check(self.candidates >= 1, "candidates must be at least 1")
        weights = (self.dense_weight, self.lexical_weight)
        _check(
            min(weights) >= 0 < max(weights),
            "dense_weight and lexical_weight must not be negative, nor both 0",
        )
        _check(self.rrf_k >= 0, "rrf_k must not be negative")
        _check(self.question_chars >= 1, "question_chars must be at least 1")
        _check(self.history_turns >= 0, "history_turns must not be negative")
        _check(-1.0 <= self.sentence_threshold <= 1.0, "sentence_threshold is a cosine: from -1 to 1")
        _check(0 < self.unanswerable < 1, "unanswerable is a share of the questions: between 0 and 1")
        _check(self.checked_mib >= 0, "checked_mib must not be negative")
        _check(self.read_first >= 0, "read_first must not be negative")
        _check(self.read_words >= 0, "read_words must not be negative")
        _check(0 <= self.read_least <= 1, "read_least must be from 0 to 1")
        _check(self.keep_generations >= 1, "keep_generations must be at least 1: the current one")
        _check(self.model_threads >= 1, "model_threads must be at least 1")
        one_of = f"one of {', '.join(PRECISIONS)}"
        _check(self.precision in PRECISIONS, f"precision must be {one_of}")
        named = os.environ.get("QA_PRECISION", "auto")
        _check(named in PRECISIONS, f"$QA_PRECISION is {named!r}; it must be {one_of}")
        _check(self.workers is None or self.workers >= 1, "workers must be at least 1, or None: one a core")
        _check(self.waiting >= 0, "waiting must not be negative")
        _check(self.deadline_seconds > 0, "deadline_seconds must be positive")
        _check(self.answers_kept >= 0, "answers_kept must not be negative")
        _check(self.search_threads >= 1, "search_threads must be at least 1")

    def shaping(self) -> dict[str, str | int | float | bool]:
        """The settings that shape an index, as its manifest keeps them; the encoder is recorded on its own."""
        return {
            "passage_tokens": self.passage_tokens,
            "title_in_vectors": self.title_in_vectors,
            "title_in_lexical": self.title_in_lexical,
            "exact_mib": self.exact_mib,
            "fields": self.fields,
        }


PRECISIONS = ("auto", "float32", "bfloat16", "int8")
MAX_TOP_K = 100  # more is browsing; each passage costs the reader time


def _check(fine: bool, message: str) -> None:
    if not fine:
        raise ValueError(message)
