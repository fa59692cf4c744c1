"""The grammar of Chinese firm names: which part of a name is place, brand, trade, legal form, branch or listing mark.

`parse` is the one way in; the tables behind it are places.py, trades.py, forms.py and decorations.py.
"""

from zhengming.engine.grammar.anatomy import Anatomy
from zhengming.engine.grammar.decorations import strip_decorations
from zhengming.engine.grammar.parse import parse
from zhengming.engine.grammar.places import place_key

__all__ = ["Anatomy", "parse", "place_key", "strip_decorations"]
