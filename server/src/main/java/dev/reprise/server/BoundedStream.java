package dev.reprise.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails when it has more bytes than it may. */
final class BoundedStream extends FilterInputStream {
  private long left;

  /** There were more bytes. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("the request is too long");
    }
  }

  BoundedStream(InputStream in, long most) {
    super(in);
    this.left = most;
  }

  private int counted(int read) throws IOException {
    left -= Math.max(read, 0);
    if (left < 0) {
      throw new TooLongException();
    }
    return read;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    counted(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    return counted(super.read(bytes, from, length));
  }
}
