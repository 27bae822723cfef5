"""Linkage: names, candidates, decisions, and what can be said about them."""

from gridkit.linkage.attributes import merge_attributes
from gridkit.linkage.check import check_links
from gridkit.linkage.duplicates import find_duplicates
from gridkit.linkage.keys import key_of, mention_keys
from gridkit.linkage.link import link
from gridkit.linkage.queue import review_queue
from gridkit.linkage.words import explain_link, explain_reason

__all__ = [
    "check_links",
    "explain_link",
    "explain_reason",
    "find_duplicates",
    "key_of",
    "link",
    "mention_keys",
    "merge_attributes",
    "review_queue",
]
