"""Planning: rounds, their plans, what coordinators change in them, and the reasons."""
