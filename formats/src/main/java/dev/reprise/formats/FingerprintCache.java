package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.formats.onnx.ExternalTensors;
import dev.reprise.formats.onnx.OnnxFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers the hash of each file, and of a model what it says of files beside it, for as long as
 * its {@link FileStamp} stays the same. Thread-safe.
 *
 * <p>A file touched less than two seconds ago is not remembered: file systems count time in steps
 * of up to two seconds, so it may change again without a new stamp.
 */
public final class FingerprintCache {
  private static final Duration CLOCK_STEP = Duration.ofSeconds(2);

  private record Known(FileStamp stamp, HashValue128 hash) {}

  private record KnownModel(FileStamp stamp, ExternalTensors tensors) {}

  private final ConcurrentHashMap<Path, Known> known = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Path, KnownModel> models = new ConcurrentHashMap<>();
  private final InstantSource clock;

  /**
   * Starts empty.
   *
   * @param clock tells now, to be compared with file times
   */
  public FingerprintCache(InstantSource clock) {
    this.clock = clock;
  }

  /** The hash of a file's bytes; {@code stamp} was taken before the call. */
  HashValue128 hash(Path file, FileStamp stamp) throws IOException {
    Known before = known.get(file);
    if (before != null && before.stamp().equals(stamp)) {
      return before.hash();
    }
    HashValue128 hash;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      hash = new Checksum().channel(channel).value();
    }
    if (isSettled(stamp) && FileStamp.of(file).equals(stamp)) {
      known.put(file, new Known(stamp, hash));
    } else {
      known.remove(file);
    }
    return hash;
  }

  /** The tensors of an ONNX model that lie in files beside it. */
  ExternalTensors externalTensors(Path model) throws IOException {
    FileStamp stamp = FileStamp.of(model);
    KnownModel before = models.get(model);
    if (before != null && before.stamp().equals(stamp)) {
      return before.tensors();
    }
    ExternalTensors tensors = OnnxFiles.externalTensors(model);
    if (isSettled(stamp) && FileStamp.of(model).equals(stamp)) {
      models.put(model, new KnownModel(stamp, tensors));
    } else {
      models.remove(model);
    }
    return tensors;
  }

  /** True when any later change of the file must change its stamp. */
  boolean isSettled(FileStamp stamp) {
    return stamp.lastTouched().plus(CLOCK_STEP).isBefore(clock.instant());
  }

  /** Forgets a file, or all files of a folder, because this process has just written it. */
  public void invalidate(Path fileOrFolder) {
    Path path = fileOrFolder.toAbsolutePath().normalize();
    known.keySet().removeIf(file -> file.startsWith(path));
    models.keySet().removeIf(file -> file.startsWith(path));
  }

  /** The number of models remembered. */
  int models() {
    return models.size();
  }

  /** The number of files remembered. */
  int size() {
    return known.size();
  }
}
