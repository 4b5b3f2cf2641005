package dev.reprise.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process's standard output as UTF-8. A {@link PrintStream} keeps quiet about failed writes;
 * this one throws {@link Lost} once, so that a run whose reader went away ends instead of computing
 * for nobody.
 */
final class StandardOutput extends OutputStream {

  /** Standard output cannot be written any more: its reader left, or the disk behind it is full. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(IOException cause) {
      super("cannot write to standard output: " + cause.getMessage(), cause);
    }

    boolean readerLeft() {
      String reason = getCause().getMessage();
      return reason != null && reason.contains("Broken pipe");
    }
  }

  private final OutputStream file;

  // Guarded by the PrintStream around this stream. What failed once is not tried again: threads
  // that
  // only flush on their way out have nothing to tell.
  private boolean isLost;

  StandardOutput(OutputStream file) {
    this.file = file;
  }

  /** Opens descriptor 1; every line is written when it is complete. */
  static PrintStream open() {
    return printStream(new FileOutputStream(FileDescriptor.out));
  }

  static PrintStream printStream(OutputStream file) {
    OutputStream buffered = new BufferedOutputStream(new StandardOutput(file), 1 << 13);
    return new PrintStream(buffered, true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (isLost) {
      return;
    }
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      isLost = true;
      throw new Lost(e);
    }
  }
}
