package dev.reprise.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Where a content goes: an array or a file, which may be begun anew. For one thread. */
public final class ContentOutput implements WritableByteChannel {
  private final ByteArrayOutputStream array;
  private final FileChannel file;

  private ContentOutput(ByteArrayOutputStream array, FileChannel file) {
    this.array = array;
    this.file = file;
  }

  static ContentOutput toArray() {
    return new ContentOutput(new ByteArrayOutputStream(), null);
  }

  /**
   * @param file closed by the caller
   */
  static ContentOutput to(FileChannel file) {
    return new ContentOutput(null, file);
  }

  /** Forgets what was written; whoever tries again to write begins with this. */
  public void restart() throws IOException {
    if (file == null) {
      array.reset();
    } else {
      file.truncate(0);
      file.position(0);
    }
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (file != null) {
      return file.write(bytes);
    }
    int length = bytes.remaining();
    byte[] copy = new byte[length];
    bytes.get(copy);
    array.write(copy, 0, length);
    return length;
  }

  byte[] bytes() {
    return array.toByteArray();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
