package dev.reprise.engine.access;

import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.device.DeviceClasses;
import dev.reprise.engine.file.FileContents;
import dev.reprise.engine.file.FileContents.Content;
import dev.reprise.engine.file.FileOrder;
import dev.reprise.engine.file.FileUse;
import dev.reprise.engine.file.FileWrites;
import dev.reprise.engine.file.KeptForm;
import dev.reprise.engine.file.ReadItem;
import dev.reprise.engine.file.ReadTask;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.resource.Environment;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.Answer;
import dev.reprise.engine.stored.KnownRead;
import dev.reprise.engine.stored.Questions;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.worth.ReuseEstimate;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FileFormat;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.formats.WriteOptions;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceCut;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * {@code read} of scripts, from the cache or the experiment store where the content is known, and
 * of replays; what is read is known by its {@link ReadItem}. Thread-safe.
 */
public final class FileAccess {
  private final DataFiles files;
  private final FileContents contents;
  private final FileWrites writes;
  private final Resources resources;
  private final RunChecks checks;

  public FileAccess(Resources resources, RunChecks checks) {
    HostMemory memory = resources.memory();
    int threads = resources.config().threads();
    this.files = new DataFiles(new FingerprintCache(InstantSource.system()), threads);
    this.contents = new FileContents(files, memory, threads, resources.device());
    this.writes = new FileWrites(files, memory);
    this.resources = resources;
    this.checks = checks;
  }

  public DataFiles dataFiles() {
    return files;
  }

  public FileWrites writes() {
    return writes;
  }

  /** A value with one reference for the receiver, and its item (null when nothing is traced). */
  public record Loaded(Value value, LineageItem item) {}

  /** Reads a file, or finds its content in the cache. */
  public Loaded read(
      ControlContext context, LinkedOperation operation, Value[] inputs, boolean traced) {
    ReadRequest request = ReadItem.request(context.run.workingDirectory(), inputs);
    FileUse use = FileUse.reads(request, files);
    Loaded read =
        FileOrder.read(
            context.place,
            use,
            () -> readInOrder(context, operation, inputs, request, traced),
            loaded -> loaded.value().release());
    context.run.journal().read(read.item(), use);
    return read;
  }

  private Loaded readInOrder(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      ReadRequest request,
      boolean traced) {
    Operation plain = operation.operation();
    if (!traced) {
      return new Loaded(load(context, operation, request).value(), null);
    }
    LineageItem item = ReadItem.of(plain, inputs, files.fingerprint(request), request.path());
    LineageCache cache = resources.cache();
    if (cache == null) {
      return readUncached(context, operation, inputs, request);
    }
    return switch (cache.probe(
        item.key(),
        () ->
            new ReadTask(
                () -> contents.asFingerprinted(request, plain.precision(), item),
                resources.scheduler()))) {
      case Hit hit -> {
        context.counters.hit(operation.index(), plain);
        verify(operation, request, item, hit.value());
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

  private Loaded readUncached(
      ControlContext context, LinkedOperation operation, Value[] inputs, ReadRequest request) {
    long start = System.nanoTime();
    Content content = load(context, operation, request);
    LineageItem item =
        ReadItem.of(operation.operation(), inputs, content.fingerprint(), request.path());
    ReuseEstimate estimate = checks.estimate();
    if (estimate != null) {
      estimate.computed(item, System.nanoTime() - start, content.value().bytes());
    }
    return new Loaded(content.value(), item);
  }

  /** Reads again what the cache had, when it is one of the sample, and compares. */
  private void verify(
      LinkedOperation operation, ReadRequest request, LineageItem item, Value found) {
    ReuseVerifier verifier = checks.verifier();
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
    Content content = contents.read(request, operation.operation().precision());
    try {
      // Else the file changed in between, and what is there now is another value.
      if (content.fingerprint().equals(ReadItem.fingerprint(item.operation()))) {
        verifier.compare(operation.operation(), item, found, content.value());
      }
    } finally {
      content.value().release();
    }
  }

  private Loaded readClaimed(
      ControlContext context,
      LinkedOperation operation,
      Value[] inputs,
      ReadRequest request,
      LineageItem item,
      Claim claim) {
    StoredValues stored = resources.stored();
    long asked = System.nanoTime();
    try (claim;
        Answer answer = stored == null ? null : ask(stored, operation, request, item)) {
      if (answer != null && answer.value() != null) {
        claim.complete(answer.value(), System.nanoTime() - asked, true);
        return new Loaded(answer.value(), item);
      }
      long start = System.nanoTime();
      Content content = load(context, operation, request);
      LineageItem actual =
          ReadItem.of(operation.operation(), inputs, content.fingerprint(), request.path());
      if (actual.sameAs(item)) {
        if (answer != null) {
          long nanos = System.nanoTime() - start;
          answer.took(DeviceClasses.CPU, nanos);
          answer.computed(content.value(), nanos);
        }
        claim.complete(content.value(), System.nanoTime() - start, true);
      }
      // Else the file changed between the fingerprint and the read: what was read has another key,
      // and closing the claim gives the old one up.
      return new Loaded(content.value(), actual);
    }
  }

  /** What the store has is loaded when something needs it, if the session may leave it. */
  private Answer ask(
      StoredValues stored, LinkedOperation operation, ReadRequest request, LineageItem item) {
    Precision precision = operation.operation().precision();
    return stored
        .questions()
        .ask(
            item,
            Questions.WORTH_ASKING_NANOS,
            () -> true,
            (_, artifact) ->
                resources.mayDefer()
                    ? KnownRead.of(
                        stored,
                        item,
                        artifact,
                        () -> contents.asFingerprinted(request, precision, item))
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

  private Content load(ControlContext context, LinkedOperation operation, ReadRequest request) {
    long start = System.nanoTime();
    Content content = contents.read(request, operation.operation().precision());
    context.counters.executed(
        operation.index(), operation.operation(), start, System.nanoTime() - start);
    return content;
  }

  /** Reads again what an item of a trace describes; the content must be the same. */
  public Value reread(Path workingDirectory, Operation operation, String path) {
    if (operation.name().equals(TraceCut.OPCODE)) {
      throw new OperandException(
          "the trace is cut here: the run gave up what this value was made of, since its lineage"
              + " took more memory than allowed; run it again with a larger --memory lineage=...,"
              + " or name a file with the value by --from %N=FILE");
    }
    if (!operation.name().equals("read")) {
      throw new OperandException(
          "the trace begins with a value bound by a Java program, which a replay cannot bring"
              + " back; name a file with the value by --from %N=FILE");
    }
    Content content =
        contents.read(ReadItem.request(workingDirectory, operation, path), operation.precision());
    Value value = content.value();
    if (!content.fingerprint().equals(ReadItem.fingerprint(operation))) {
      value.release();
      throw new OperandException("the file " + path + " has changed since the trace was written");
    }
    return value;
  }

  /** Reads another file with the options of an item of a trace, whatever its content. */
  public Value readInstead(Path workingDirectory, Operation operation, Path file) {
    ReadRequest request =
        operation.name().equals("read")
            ? ReadItem.request(workingDirectory, operation, file.toString())
            : new ReadRequest(file.toString(), workingDirectory, ReadOptions.none());
    return contents.read(request, operation.precision()).value();
  }

  /** Reads what a {@code write} left, as its sidecar describes it. */
  public Value stored(Path workingDirectory, Path file, Precision precision) {
    return contents
        .read(new ReadRequest(file.toString(), workingDirectory, ReadOptions.none()), precision)
        .value();
  }

  /** The format of one file that holds a list; null for folders, and for what holds no list. */
  public FileFormat listFormat(Path workingDirectory, Path file) {
    return files.listFormat(new ReadRequest(file.toString(), workingDirectory, ReadOptions.none()));
  }

  /** What a file of a format keeps of a list, by way of the folder for temporary files. */
  public Value kept(ListValue list, FileFormat format, Precision precision) {
    return kept(list, format, precision, Environment.temporaryFolder());
  }

  public Value kept(ListValue list, FileFormat format, Precision precision, Path temporary) {
    return kept(list, WriteOptions.format(format.label()), precision, temporary);
  }

  /** What the file that is there would keep of a frame, by way of the same folder. */
  public Value kept(FrameValue frame, Path workingDirectory, Path file, Precision precision) {
    WriteOptions options =
        files.frameOptions(new ReadRequest(file.toString(), workingDirectory, ReadOptions.none()));
    return kept(frame, options, precision, Environment.temporaryFolder());
  }

  private Value kept(Value value, WriteOptions options, Precision precision, Path temporary) {
    return new KeptForm(writes, contents).of(value, options, precision, temporary);
  }
}
