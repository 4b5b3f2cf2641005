package dev.reprise.engine.stored;

import java.io.IOException;
import java.io.Writer;

/** A text that refuses to become longer than a store keeps. */
public final class ShortText extends Writer {
  private final StringBuilder text;
  private final int most;

  public ShortText(StringBuilder text, int most) {
    this.text = text;
    this.most = most;
  }

  @Override
  public void write(char[] characters, int from, int count) throws IOException {
    if (text.length() + count > most) {
      throw new IOException("too long");
    }
    text.append(characters, from, count);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
