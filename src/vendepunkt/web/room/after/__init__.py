"""What comes of a meeting: results, the trail, open data, the frozen version, deletion."""
