"""From one notebook: the stubs, the solutions module and the release."""
