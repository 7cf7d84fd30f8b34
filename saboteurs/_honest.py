"""Betrays nobody: the client as it is. Every check has to let it pass."""
from client import Phone, run

run(Phone())
