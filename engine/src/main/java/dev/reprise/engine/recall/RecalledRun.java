package dev.reprise.engine.recall;

import dev.reprise.language.SourceFile;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole run by what it took from the world and what it left there.
 *
 * @param nanos that it took
 * @param warnings of the compiler, as they are printed
 * @param sources what it sourced, in order
 * @param reads what it read
 * @param printed all that it printed
 * @param files that it wrote, by the names that it gave them
 * @param traces keys of what it wrote, by name
 * @param scores of its best models, by name
 */
public record RecalledRun(
    long nanos,
    String warnings,
    List<Sourced> sources,
    List<Read> reads,
    String printed,
    Map<String, byte[]> files,
    Map<String, Key> traces,
    Map<String, Scored> scores) {

  /** Follows the name of a file in that of its trace. */
  public static final String TRACE = ".lineage";

  private static final int VERSION = 2;

  /**
   * A sourced file.
   *
   * @param path as a script asks for it
   * @param from the name of the script that asks
   * @param origin of that script
   * @param found the name of what was found
   * @param text of it
   */
  public record Sourced(
      String path, String from, SourceFile.Origin origin, String found, String text) {}

  /**
   * A file that it read, as the item of the read says.
   *
   * @param note its path as the script says it
   * @param stamp what the file system said of it when it had that content; empty when unknown
   */
  public record Read(String operation, Map<String, String> attributes, String note, String stamp) {
    static Read of(LineageItem item) {
      Operation read = item.operation();
      return new Read(read.name(), read.attributes().asMap(), item.note(), "");
    }

    LineageItem item() {
      Operation read =
          new Operation(OperationTable.standard().get(operation), Attributes.of(attributes));
      return LineageItem.leaf(read, note);
    }

    Read withStamp(String text) {
      return new Read(operation, attributes, note, text);
    }
  }

  /**
   * How good a model is.
   *
   * @param model its lineage key
   */
  public record Scored(Key model, double value) {}

  /** The same run with other notes of what it read. */
  RecalledRun withReads(List<Read> others) {
    return new RecalledRun(nanos, warnings, sources, others, printed, files, traces, scores);
  }

  /** The run as bytes, which {@link #of} reads. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeByte(VERSION);
    out.writeLong(nanos);
    text(warnings, out);
    out.writeInt(sources.size());
    for (Sourced each : sources) {
      text(each.path, out);
      text(each.from, out);
      text(each.origin.name(), out);
      text(each.found, out);
      text(each.text, out);
    }
    out.writeInt(reads.size());
    for (Read read : reads) {
      text(read.operation, out);
      out.writeInt(read.attributes.size());
      for (Map.Entry<String, String> attribute : read.attributes.entrySet()) {
        text(attribute.getKey(), out);
        text(attribute.getValue(), out);
      }
      text(read.note, out);
      text(read.stamp, out);
    }
    text(printed, out);
    out.writeInt(files.size());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      text(file.getKey(), out);
      out.writeInt(file.getValue().length);
      out.write(file.getValue());
    }
    out.writeInt(traces.size());
    for (Map.Entry<String, Key> trace : traces.entrySet()) {
      text(trace.getKey(), out);
      out.writeLong(trace.getValue().high());
      out.writeLong(trace.getValue().low());
    }
    out.writeInt(scores.size());
    for (Map.Entry<String, Scored> score : scores.entrySet()) {
      text(score.getKey(), out);
      out.writeLong(score.getValue().model.high());
      out.writeLong(score.getValue().model.low());
      out.writeDouble(score.getValue().value);
    }
  }

  /** Null when the bytes are of another version, or damaged. */
  public static RecalledRun of(byte[] bytes) {
    try {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static RecalledRun read(DataInputStream in) throws IOException {
    if (in.readByte() != VERSION) {
      throw new IOException("another version");
    }
    long nanos = in.readLong();
    String warnings = text(in);
    List<Sourced> sources = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      sources.add(
          new Sourced(text(in), text(in), SourceFile.Origin.valueOf(text(in)), text(in), text(in)));
    }
    List<Read> reads = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      reads.add(readOf(in));
    }
    String printed = text(in);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      files.put(text(in), block(in));
    }
    Map<String, Key> traces = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      traces.put(text(in), new Key(in.readLong(), in.readLong()));
    }
    Map<String, Scored> scores = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      scores.put(text(in), new Scored(new Key(in.readLong(), in.readLong()), in.readDouble()));
    }
    return new RecalledRun(nanos, warnings, sources, reads, printed, files, traces, scores);
  }

  private static Read readOf(DataInputStream in) throws IOException {
    String name = text(in);
    Map<String, String> attributes = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      attributes.put(text(in), text(in));
    }
    return new Read(name, attributes, text(in), text(in));
  }

  private static void text(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(block(in), StandardCharsets.UTF_8);
  }

  private static byte[] block(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("damaged");
    }
    return in.readNBytes(length);
  }
}
