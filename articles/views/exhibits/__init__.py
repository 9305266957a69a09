"""What the pages of a grade show, made from one frozen snapshot: pictures, rows and words. No queries here."""
