"""The council's policies: drafted, approved and published by a second person, never edited after."""
