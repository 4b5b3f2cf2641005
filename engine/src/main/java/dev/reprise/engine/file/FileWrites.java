package dev.reprise.engine.file;

import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.Describe;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.ListOutput;
import dev.reprise.formats.WriteOptions;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.nio.file.Path;

/** {@code write} of scripts, and of replays. Thread-safe. */
public final class FileWrites {
  private final DataFiles files;
  private final HostMemory memory;

  /**
   * @param memory in which what is written is pinned
   */
  public FileWrites(DataFiles files, HostMemory memory) {
    this.files = files;
    this.memory = memory;
  }

  /** Where and how a script writes. */
  public record Target(String path, WriteOptions options) {}

  /**
   * The file name and the options of {@code write}.
   *
   * @param inputs the value, the file name and the options
   */
  public static Target target(Value[] inputs) {
    Operand[] operands = new Operand[inputs.length];
    for (int i = 1; i < inputs.length; i++) {
      if (!(inputs[i] instanceof Scalar scalar)) {
        throw new OperandException(
            "'write' takes a value, a file name and options, but got " + Describe.one(inputs[i]));
      }
      operands[i] = scalar;
    }
    return new Target(((Scalar) inputs[1]).asString(), WriteOptions.of(operands));
  }

  /** Writes a value, and its trace beside it and into the store when there is one. */
  public void write(
      Path workingDirectory, Value value, Target target, LineageItem item, StoredValues stored) {
    write(workingDirectory, target.path(), value, target.options());
    if (item != null) {
      TraceFile.write(workingDirectory, target.path(), item);
      if (stored != null) {
        stored.offers().keepTrace(target.path(), item);
      }
    }
  }

  /** Writes what a replay computed, as a script does; without a format as text. */
  public void writeReplayed(Path workingDirectory, Path output, String format, Value value) {
    writeReplayed(workingDirectory, output, WriteOptions.format(format), value);
  }

  /** Writes what a replay computed with the options of a file that is there. */
  void writeReplayed(Path workingDirectory, Path output, WriteOptions options, Value value) {
    write(workingDirectory, output.toString(), value, options);
  }

  private void write(Path workingDirectory, String path, Value value, WriteOptions options) {
    switch (value) {
      case MatrixValue matrix -> {
        MatrixOperand cells = memory.run(matrix::pinHost);
        try {
          files.write(cells, path, workingDirectory, options);
        } finally {
          matrix.unpin();
        }
      }
      case FrameValue frame ->
          files.write(memory.run(frame::frame), path, workingDirectory, options);
      case Scalar scalar -> files.write(scalar, path, workingDirectory, options);
      case ListValue list when DataFiles.isArchive(path, workingDirectory, options) ->
          files.writeArchive(new ListTensors(list, memory), path, workingDirectory, options);
      case ListValue list when DataFiles.isNetwork(path, workingDirectory, options) ->
          files.writeNetwork(LayerLists.of(list, memory), path, workingDirectory, options);
      case ListValue list -> writeList(workingDirectory, path, list, options);
      default -> throw new OperandException("'write' cannot write " + Describe.one(value));
    }
  }

  /** A folder with one entry per element, nested lists as folders inside. */
  private void writeList(Path workingDirectory, String path, ListValue list, WriteOptions options) {
    try (ListOutput output = files.writeList(path, workingDirectory, options)) {
      for (int i = 0; i < list.size(); i++) {
        Value element = list.elements().get(i);
        output.add(
            list.isNamed() ? list.names().get(i) : null,
            place -> write(workingDirectory, place.toString(), element, options));
      }
      output.publish();
    }
  }
}
