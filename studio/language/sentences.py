"""Cut text into sentences and clauses."""

from __future__ import annotations

import re

from sentencex import segment

from studio.language.detect import is_chinese

_CLAUSE_END = re.compile(r"(?<=[，、；：;—])\s*|(?<=[,:])(?!\d)\s*")
_SENTENCE_END_ZH = re.compile(r"(?<=[。！？!?…])(?![。！？!?…」』”’）)])\s*|(?<=[。！？!?…][」』”’）)])\s*")


def split_sentences(text: str, language: str) -> list[str]:
    """Sentences of *text* in order, closing punctuation included, white space trimmed; no empty ones."""
    sentences: list[str] = []
    for line in text.splitlines():
        if is_chinese(language):
            sentences += _SENTENCE_END_ZH.split(line)
        else:
            sentences += segment("en", line)
    return [sentence.strip() for sentence in sentences if sentence.strip()]


def split_clauses(sentence: str) -> list[str]:
    """Clauses of one sentence, each with the punctuation that ends it; joined they are the sentence less spaces."""
    return [clause for clause in _CLAUSE_END.split(sentence) if clause]
