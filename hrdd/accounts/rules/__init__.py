"""Rules about accounts, sessions and who may what; pure."""
