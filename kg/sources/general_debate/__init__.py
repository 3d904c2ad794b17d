"""The source ``general-debate``: who spoke in the General Debate of the General Assembly."""
