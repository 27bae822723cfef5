"""Drawing and re-drawing the comprehensive grids: atoms, proposals with proof, edits, codes and filing."""
