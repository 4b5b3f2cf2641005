package dev.reprise.engine;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.engine.stored.Answer;
import dev.reprise.engine.stored.Questions;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.ListEntry;
import dev.reprise.formats.ListOutput;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.formats.ReadResult;
import dev.reprise.formats.WriteOptions;
import dev.reprise.formats.onnx.Layer;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceCut;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Parameter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * {@code read} and {@code write} of scripts. A read's item is the fingerprint of the content and
 * the options; the path is a note that never enters the key. Thread-safe.
 */
final class FileAccess {
  private static final String OPTION_PREFIX = "option.";
  private static final int ATTEMPTS = 5;

  private final HostMemory memory;
  private final DataFiles files;
  private final CpuDevice device;
  private final ExecutionContext kernel;

  /**
   * @param memory for what is read
   * @param threads how many threads may parse one file
   * @param device says in which form what was read is kept
   */
  FileAccess(HostMemory memory, int threads, CpuDevice device) {
    this.memory = memory;
    this.device = device;
    this.kernel = new ExecutionContext(memory, threads);
    this.files = new DataFiles(new FingerprintCache(InstantSource.system()), threads);
  }

  DataFiles dataFiles() {
    return files;
  }

  /** A value with one reference for the receiver, and its item (null when nothing is traced). */
  record Loaded(Value value, LineageItem item) {}

  /** Reads a file, or finds its content in the cache. */
  Loaded read(ControlContext context, LinkedOperation operation, Value[] inputs, boolean traced) {
    ReadRequest request = request(context.run.workingDirectory(), inputs);
    Operation plain = operation.operation();
    if (!traced) {
      return new Loaded(load(context, operation, request).value, null);
    }
    LineageItem item = item(plain, inputs, files.fingerprint(request), request.path());
    LineageCache cache = context.run.session().cache();
    if (cache == null) {
      long start = System.nanoTime();
      Content content = load(context, operation, request);
      LineageItem actual = item(plain, inputs, content.fingerprint, request.path());
      ReuseEstimate estimate = context.run.session().checks().estimate();
      if (estimate != null) {
        estimate.computed(actual, System.nanoTime() - start, content.value.bytes());
      }
      return new Loaded(content.value, actual);
    }
    return switch (cache.probe(
        item.key(),
        () ->
            new ReadTask(
                () -> asFingerprinted(request, plain.precision(), item),
                context.run.session().scheduler()))) {
      case Hit hit -> {
        context.counters.hit(operation.index(), plain);
        verify(context, operation, request, item, hit.value());
        yield new Loaded(hit.value(), item);
      }
      case InFlight inFlight -> {
        context.counters.met(inFlight, operation.index(), plain);
        yield new Loaded(await(context, inFlight.handle()), item);
      }
      case Claim claim -> {
        context.counters.misses[operation.index()]++;
        yield readClaimed(context, operation, inputs, request, item, claim);
      }
    };
  }

  /**
   * The content that an item stands for.
   *
   * @throws OperandException when the file has another now
   */
  private Value asFingerprinted(ReadRequest request, Precision precision, LineageItem item) {
    Content content = stable(request, precision);
    if (!content.fingerprint.equals(item.operation().attributes().get("fingerprint"))) {
      content.value.release();
      throw new OperandException(request.path() + " was changed while it was read; run it again");
    }
    return content.value;
  }

  /** Reads again what the cache had, when it is one of the sample, and compares. */
  private void verify(
      ControlContext context,
      LinkedOperation operation,
      ReadRequest request,
      LineageItem item,
      Value found) {
    ReuseVerifier verifier = context.run.session().checks().verifier();
    if (verifier == null || !verifier.isSampled(item)) {
      return;
    }
    try {
      verifyAgain(verifier, operation, request, item, found);
    } catch (RuntimeException | Error e) {
      found.release();
      throw e;
    }
  }

  private void verifyAgain(
      ReuseVerifier verifier,
      LinkedOperation operation,
      ReadRequest request,
      LineageItem item,
      Value found) {
    Content content = stable(request, operation.operation().precision());
    try {
      // Else the file changed in between, and what is there now is another value.
      if (content.fingerprint.equals(item.operation().attributes().get("fingerprint"))) {
        verifier.compare(operation.operation(), item, found, content.value);
      }
    } finally {
      content.value.release();
    }
  }

  private Loaded readClaimed(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      ReadRequest request,
      LineageItem item,
      Claim claim) {
    StoredValues stored = context.run.session().stored();
    long asked = System.nanoTime();
    try (claim;
        Answer answer = stored == null ? null : ask(context, stored, operation, request, item)) {
      if (answer != null && answer.value() != null) {
        claim.complete(answer.value(), System.nanoTime() - asked, true);
        return new Loaded(answer.value(), item);
      }
      long start = System.nanoTime();
      Content content = load(context, operation, request);
      LineageItem actual = item(operation.operation(), inputs, content.fingerprint, request.path());
      if (actual.sameAs(item)) {
        if (answer != null) {
          long nanos = System.nanoTime() - start;
          answer.took(DeviceClasses.CPU, nanos);
          answer.computed(content.value, nanos);
        }
        claim.complete(content.value, System.nanoTime() - start, true);
      }
      // Else the file changed between the fingerprint and the read: what was read has another key,
      // and closing the claim gives the old one up.
      return new Loaded(content.value, actual);
    }
  }

  /** What the store has is loaded when something needs it, if the session may leave it. */
  private Answer ask(
      ControlContext context,
      StoredValues stored,
      LinkedOperation operation,
      ReadRequest request,
      LineageItem item) {
    Precision precision = operation.operation().precision();
    return stored
        .questions()
        .ask(
            item,
            Questions.WORTH_ASKING_NANOS,
            () -> true,
            (_, artifact) ->
                context.run.session().mayDefer()
                    ? KnownRead.of(
                        stored, item, artifact, () -> asFingerprinted(request, precision, item))
                    : null,
            Questions.Refusal.NONE);
  }

  private static Value await(ControlContext context, Handle handle) {
    try {
      Value value = context.await(handle);
      value.retain();
      return value;
    } finally {
      handle.release();
    }
  }

  private record Content(Value value, String fingerprint) {}

  private Content load(ControlContext context, LinkedOperation operation, ReadRequest request) {
    long start = System.nanoTime();
    Content content = stable(request, operation.operation().precision());
    context.counters.executed(
        operation.index(), operation.operation(), start, System.nanoTime() - start);
    return content;
  }

  /** What a request asks for, with the fingerprint of exactly that content. */
  private Content stable(ReadRequest request, Precision precision) {
    Optional<List<ListEntry>> list = files.list(request);
    if (list.isEmpty() && files.isNetwork(request)) {
      return unchanged(request, () -> layers(files.layers(request), precision));
    }
    if (list.isEmpty()) {
      return memory.run(() -> {
        ReadResult result = files.readStable(request, memory);
        return new Content(adopt(result.value(), precision), result.fingerprint());
      });
    }
    return unchanged(request, () -> elements(files.list(request).orElseThrow(), precision));
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
        Path folder = entry.path().getParent();
        ReadRequest request = new ReadRequest(entry.path().toString(), folder, entry.options());
        values.add(stable(request, precision).value());
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

  /** Every given option is part of the item, the path is not. */
  private static LineageItem item(
      Operation operation, Value[] inputs, String fingerprint, String path) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("fingerprint", fingerprint);
    List<Parameter> parameters = operation.opcode().parameters();
    for (int i = 1; i < inputs.length; i++) {
      if (inputs[i] instanceof Scalar scalar && scalar.isAbsent()) {
        continue;
      }
      attributes.put(OPTION_PREFIX + parameters.get(i).name(), optionText(inputs[i]));
    }
    Operation described = new Operation(operation.opcode(), Attributes.of(attributes));
    Operation placed = described.withPrecision(operation.precision()).at(operation.place());
    return LineageItem.leaf(placed, path);
  }

  private static String optionText(Value value) {
    if (!(value instanceof ListValue list)) {
      return ((Scalar) value).asString();
    }
    StringBuilder text = new StringBuilder("[");
    for (Value element : list.elements()) {
      String entry = ((Scalar) element).asString();
      text.append(entry.length()).append(':').append(entry);
    }
    return text.append(']').toString();
  }

  private static ReadRequest request(Path workingDirectory, Value[] inputs) {
    List<String> naStrings = new ArrayList<>();
    Operand[] operands = new Operand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      switch (inputs[i]) {
        case Scalar scalar -> operands[i] = scalar;
        case ListValue list ->
            list.elements().forEach(element -> naStrings.add(((Scalar) element).asString()));
        default ->
            throw new OperandException(
                "'read' takes a file name and options, but got a " + Describe.value(inputs[i]));
      }
    }
    return new ReadRequest(
        ((Scalar) inputs[0]).asString(), workingDirectory, ReadOptions.of(operands, naStrings));
  }

  /** Reads again what an item of a trace describes; the content must be the same. */
  Value reread(Path workingDirectory, Operation operation, String path) {
    if (operation.name().equals(TraceCut.OPCODE)) {
      throw new OperandException(
          "the trace is cut here: the run gave up what this value was made of, since its lineage"
              + " took more memory than allowed; run it again with a larger --memory lineage=...,"
              + " or name a file with the value by --from %N=FILE");
    }
    if (!operation.name().equals("read")) {
      throw new OperandException(
          "the trace begins with a value bound by a Java program, which a replay cannot bring"
              + " back");
    }
    Content content = stable(request(workingDirectory, operation, path), operation.precision());
    Value value = content.value;
    if (!content.fingerprint.equals(operation.attributes().get("fingerprint"))) {
      value.release();
      throw new OperandException("the file " + path + " has changed since the trace was written");
    }
    return value;
  }

  /** Whether the file that an item of a read names has the content that it had then. */
  static boolean isUnchanged(DataFiles files, Path workingDirectory, LineageItem read) {
    Operation operation = read.operation();
    try {
      return files
          .fingerprint(request(workingDirectory, operation, read.note()))
          .equals(operation.attributes().get("fingerprint"));
    } catch (RuntimeException e) {
      // Gone, or no longer readable.
      return false;
    }
  }

  /** Reads another file with the options of an item of a trace, whatever its content. */
  Value readInstead(Path workingDirectory, Operation operation, Path file) {
    ReadRequest request =
        operation.name().equals("read")
            ? request(workingDirectory, operation, file.toString())
            : new ReadRequest(file.toString(), workingDirectory, ReadOptions.none());
    return stable(request, operation.precision()).value();
  }

  /** Reads what a {@code write} left, as its sidecar describes it. */
  Value stored(Path workingDirectory, Path file, Precision precision) {
    return stable(new ReadRequest(file.toString(), workingDirectory, ReadOptions.none()), precision)
        .value();
  }

  /** The read that an item of a trace describes, of a path. */
  private static ReadRequest request(Path workingDirectory, Operation operation, String path) {
    Value[] inputs = new Value[operation.opcode().parameters().size()];
    inputs[0] = Scalar.of(path);
    for (int i = 1; i < inputs.length; i++) {
      String name = operation.opcode().parameters().get(i).name();
      inputs[i] = option(operation.attributes().get(OPTION_PREFIX + name));
    }
    return request(workingDirectory, inputs);
  }

  private static Value option(String text) {
    if (text == null) {
      return Scalar.absent();
    }
    if (!text.startsWith("[")) {
      return Scalar.of(text);
    }
    List<Value> elements = new ArrayList<>();
    int at = 1;
    while (text.charAt(at) != ']') {
      int colon = text.indexOf(':', at);
      int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
      elements.add(Scalar.of(text.substring(colon + 1, end)));
      at = end;
    }
    return new ListValue(List.of(), elements);
  }

  /** Writes a value, and its trace beside it and into the store when there is one. */
  void write(Path workingDirectory, Value[] inputs, LineageItem item, StoredValues stored) {
    Operand[] operands = new Operand[inputs.length];
    for (int i = 1; i < inputs.length; i++) {
      if (!(inputs[i] instanceof Scalar scalar)) {
        throw new OperandException(
            "'write' takes a value, a file name and options, but got a "
                + Describe.value(inputs[i]));
      }
      operands[i] = scalar;
    }
    String path = ((Scalar) inputs[1]).asString();
    write(workingDirectory, path, inputs[0], WriteOptions.of(operands));
    if (item != null) {
      TraceFile.write(workingDirectory, path, item);
      if (stored != null) {
        stored.offers().keepTrace(path, item);
      }
    }
  }

  /** Writes what a replay computed, as a script does; without a format as text. */
  void writeReplayed(Path workingDirectory, Path output, String format, Value value) {
    write(workingDirectory, output.toString(), value, WriteOptions.format(format));
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
      default -> throw new OperandException("'write' cannot write a " + Describe.value(value));
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
