"""Activations: functions of one number, applied to every entry."""
