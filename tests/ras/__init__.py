"""The engine: cases a practitioner can check, and laws no case can break."""
