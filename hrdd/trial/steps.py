"""How a command tells the supervisor what it is doing."""

STEP = "Step: "
