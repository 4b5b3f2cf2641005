package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.RunFacts;
import dev.reprise.store.Vertex;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a {@link ChangeWriter} wrote, from whoever sent it: nothing that the bytes say makes
 * it take more memory than they have, or than the limits below.
 */
public final class ChangeReader {
  /** Longest names, operations, arguments, in bytes. */
  public static final int LONGEST_TEXT = 64 << 10;

  /** Longest contents, records and traces in one piece. */
  public static final int LONGEST_BYTES = 32 << 20;

  /** Most inputs of one operation. */
  public static final int MOST_INPUTS = 100_000;

  /** Arrays longer than this grow as their bytes arrive. */
  private static final int TRUSTED = 64 << 10;

  private final DataInputStream in;

  public ChangeReader(InputStream in) {
    this.in = new DataInputStream(in);
  }

  /**
   * The next change, or null at the end.
   *
   * @throws MalformedChangeException when there is none, but something else
   */
  public GraphChange next() throws IOException {
    int kind = in.read();
    if (kind < 0) {
      return null;
    }
    try {
      return change(kind);
    } catch (EOFException e) {
      throw new MalformedChangeException("it ends in the middle of a change");
    }
  }

  private GraphChange change(int kind) throws IOException {
    return switch (kind) {
      case ChangeWriter.RUN ->
          new GraphChange.Run(in.readLong(), facts(), in.readDouble(), textOrNull());
      case ChangeWriter.SEEN -> new GraphChange.Seen(in.readLong(), vertex(), count());
      case ChangeWriter.KEPT ->
          new GraphChange.Kept(
              in.readLong(), key(), key(), key(), count(), count(), bytesOrNull(), count());
      case ChangeWriter.USED -> new GraphChange.Used(in.readLong(), key(), count());
      case ChangeWriter.REGION -> new GraphChange.Region(in.readLong(), key(), bytes(), count());
      case ChangeWriter.TRACE -> new GraphChange.TraceText(in.readLong(), text(), key(), bytes());
      case ChangeWriter.SCORED ->
          new GraphChange.Scored(
              in.readLong(), text(), in.readBoolean() ? key() : null, in.readDouble());
      case ChangeWriter.ENDED -> new GraphChange.Ended(in.readLong(), text(), in.readDouble());
      case ChangeWriter.MEASURED -> new GraphChange.Measured(in.readLong(), key(), cost());
      case ChangeWriter.REMOVED -> new GraphChange.Removed(key(), key());
      default -> throw new MalformedChangeException("there is no change of kind " + kind);
    };
  }

  private RunFacts facts() throws IOException {
    return new RunFacts(text(), text(), text(), text(), text(), in.readLong());
  }

  private Vertex vertex() throws IOException {
    Key key = key();
    String operation = text();
    int count = in.readInt();
    if (count < 0 || count > MOST_INPUTS) {
      throw new MalformedChangeException("an operation cannot have " + count + " inputs");
    }
    List<Key> inputs = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      inputs.add(key());
    }
    return new Vertex(key, operation, inputs, count(), count());
  }

  public DeviceCost cost() throws IOException {
    String device = text();
    long count = count();
    long nanos = count();
    if (count > DeviceCost.MOST || nanos > DeviceCost.MOST) {
      throw new MalformedChangeException("nothing was measured so often, or took so long");
    }
    try {
      return new DeviceCost(device, count, nanos);
    } catch (IllegalArgumentException e) {
      throw new MalformedChangeException(e.getMessage());
    }
  }

  public Key key() throws IOException {
    return new Key(in.readLong(), in.readLong());
  }

  /** Text that must be there. */
  public String text() throws IOException {
    String text = textOrNull();
    if (text == null) {
      throw new MalformedChangeException("a text is missing");
    }
    return text;
  }

  public String textOrNull() throws IOException {
    byte[] bytes = bytesOrNull(LONGEST_TEXT);
    if (bytes == null) {
      return null;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') >= 0) {
        throw new MalformedChangeException("a text has a character that is none");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedChangeException("a text is no UTF-8");
    }
  }

  private byte[] bytes() throws IOException {
    byte[] bytes = bytesOrNull();
    if (bytes == null) {
      throw new MalformedChangeException("bytes are missing");
    }
    return bytes;
  }

  public byte[] bytesOrNull() throws IOException {
    return bytesOrNull(LONGEST_BYTES);
  }

  private byte[] bytesOrNull(int most) throws IOException {
    int length = in.readInt();
    if (length == -1) {
      return null;
    }
    if (length < 0 || length > most) {
      throw new MalformedChangeException(
          "a length of " + length + " bytes is outside of 0 to " + most);
    }
    byte[] bytes = length <= TRUSTED ? new byte[length] : null;
    if (bytes != null) {
      in.readFully(bytes);
      return bytes;
    }
    bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  /** A number that is not negative. */
  private long count() throws IOException {
    long number = in.readLong();
    if (number < 0) {
      throw new MalformedChangeException("a count must not be negative, as " + number + " is");
    }
    return number;
  }

  public long number() throws IOException {
    return in.readLong();
  }
}
