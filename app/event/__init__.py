"""A feed of every act, once and in order."""
