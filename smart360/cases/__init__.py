"""The spine: what every request and complaint shares – status, clocks, holds, timeline."""
