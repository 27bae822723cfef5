"""The demo city: a synthetic city whose truth is known, written in the mess in which real files arrive.

The truth is made first, then the answer sheet, then the files. The room shares nothing with the rooms that audit: it is
their independent oracle.
"""

from gridkit.demo.city import DemoCity, make_city
from gridkit.demo.write import write

__all__ = ["DemoCity", "make_city", "write"]
