"""What the boards say: figures in, words and shapes out."""
