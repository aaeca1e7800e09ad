"""How dates are written where Django's own habit is not ours; every other language keeps Django's."""
