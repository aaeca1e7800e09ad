"""One form per action; shape only, no rule."""
