package dev.reprise.engine.file;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.ListEntry;
import dev.reprise.formats.NetworkResult;
import dev.reprise.formats.ReadRequest;
import dev.reprise.formats.ReadResult;
import dev.reprise.formats.onnx.Layer;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Contents of files as values, each with the fingerprint of exactly what was read: a file that
 * changes meanwhile is read again. Thread-safe.
 */
public final class FileContents {
  private static final int ATTEMPTS = 5;

  private final DataFiles files;
  private final HostMemory memory;
  private final CpuDevice device;
  private final ExecutionContext kernel;

  /**
   * @param memory for what is read
   * @param device says in which form what was read is kept
   */
  public FileContents(DataFiles files, HostMemory memory, int threads, CpuDevice device) {
    this.files = files;
    this.memory = memory;
    this.device = device;
    this.kernel = new ExecutionContext(memory, threads);
  }

  /** With one reference for the receiver. */
  public record Content(Value value, String fingerprint) {}

  /** What a request asks for, with the fingerprint of exactly that content. */
  public Content read(ReadRequest request, Precision precision) {
    Optional<List<ListEntry>> list = files.list(request);
    if (list.isEmpty() && files.isNetwork(request)) {
      NetworkResult network = files.readNetwork(request);
      return new Content(layers(network.layers(), precision), network.fingerprint());
    }
    if (list.isEmpty()) {
      return memory.run(() -> {
        ReadResult result = files.readStable(request, memory);
        return new Content(adopt(result.value(), precision), result.fingerprint());
      });
    }
    return unchanged(request, () -> elements(files.list(request).orElseThrow(), precision));
  }

  /**
   * The content that an item stands for.
   *
   * @throws OperandException when the file has another now
   */
  public Value asFingerprinted(ReadRequest request, Precision precision, LineageItem item) {
    Content content = read(request, precision);
    if (!content.fingerprint.equals(ReadItem.fingerprint(item.operation()))) {
      content.value.release();
      throw new OperandException(request.path() + " was changed while it was read; run it again");
    }
    return content.value;
  }

  /** A list with the fingerprint of exactly what was read. */
  private Content unchanged(ReadRequest request, Supplier<ListValue> list) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String before = files.fingerprint(request);
      Content content = new Content(list.get(), before);
      if (files.fingerprint(request).equals(before)) {
        return content;
      }
      content.value.release();
    }
    throw new OperandException(
        request.path()
            + ": the list keeps changing while it is read; read it when its writer is"
            + " done");
  }

  private ListValue elements(List<ListEntry> entries, Precision precision) {
    List<Value> values = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try {
      for (ListEntry entry : entries) {
        values.add(read(entry.request(), precision).value());
        names.add(entry.name() == null ? "" : entry.name());
      }
    } catch (RuntimeException | Error e) {
      values.forEach(Value::release);
      throw e;
    }
    boolean named = names.stream().anyMatch(name -> !name.isEmpty());
    return new ListValue(named ? names : List.of(), values);
  }

  private ListValue layers(List<Layer> layers, Precision precision) {
    return LayerLists.toList(
        layers, weights -> memory.run(() -> adopt(LayerLists.cells(weights, memory), precision)));
  }

  private Value adopt(Operand operand, Precision precision) {
    return switch (operand) {
      case MatrixOperand matrix -> ManagedMatrix.adopt(device.stored(matrix, precision, kernel));
      case Scalar scalar -> scalar;
      case Frame frame -> frame;
    };
  }
}
