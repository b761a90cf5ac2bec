"""The version: the one place that states it."""

VERSION = "0.2.0"
