package dev.reprise.formats;

import dev.reprise.formats.onnx.Layer;
import dev.reprise.formats.onnx.OnnxFiles;
import dev.reprise.formats.tensors.TensorSource;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads and writes values as files. Thread-safe. */
public final class DataFiles {
  private static final int ATTEMPTS = 5;

  private final FingerprintCache fingerprints;
  private final int threads;
  private final TextSource source;

  /**
   * Makes the entry to all formats.
   *
   * @param fingerprints what is known of files' contents; told of every write
   * @param threads how many threads one read or write may use, the caller included
   */
  public DataFiles(FingerprintCache fingerprints, int threads) {
    this(fingerprints, threads, TextSource.BLOCK_BYTES);
  }

  DataFiles(FingerprintCache fingerprints, int threads, int blockBytes) {
    this.fingerprints = fingerprints;
    this.threads = threads;
    this.source = new TextSource(blockBytes);
  }

  /**
   * Reads a matrix, frame or scalar.
   *
   * @return the value; the caller owns a matrix's buffer
   * @throws FormatException when the file is missing or not what was asked for
   */
  public Operand read(ReadRequest request, Allocator allocator) {
    DataPath data = DataPath.find(request.path(), request.workingDirectory());
    return read(data, request.options(), allocator);
  }

  /**
   * The elements of a list, each to be read without options; empty when the request is for
   * something else.
   */
  public Optional<List<ListEntry>> list(ReadRequest request) {
    Path path = DataPath.resolve(request.path(), request.workingDirectory());
    return ListFolder.isAt(path, request.options().dataType())
        ? Optional.of(ListFolder.entries(path))
        : MatrixArchive.entries(request, path);
  }

  /** The format of one file that holds a list; null for folders, and for what holds no list. */
  public FileFormat listFormat(ReadRequest request) {
    Path path = DataPath.resolve(request.path(), request.workingDirectory());
    if (!Files.isRegularFile(path)) {
      return null;
    }
    if (NetworkFile.isAt(request)) {
      return FileFormat.ONNX;
    }
    return MatrixArchive.entries(request, path).isEmpty()
        ? null
        : ReadSettings.format(
            DataPath.find(request.path(), request.workingDirectory()),
            request.options(),
            Sidecar.of(path));
  }

  /** The options with which {@code write} makes of a frame a file like the one that is there. */
  public WriteOptions frameOptions(ReadRequest request) {
    DataPath data = DataPath.find(request.path(), request.workingDirectory());
    ReadSettings settings =
        ReadSettings.of(
            data,
            request.options(),
            Sidecar.of(DataPath.resolve(request.path(), request.workingDirectory())));
    WriteOptions options =
        WriteOptions.format(settings.format() == null ? null : settings.format().label());
    return settings.format() == FileFormat.CSV
        ? options
            .withHeader(settings.header())
            .withSeparator(new String(settings.separator(), StandardCharsets.UTF_8))
        : options;
  }

  /** True when these options mean one file that holds the matrices of a list by name. */
  public static boolean isArchive(String path, Path workingDirectory, WriteOptions options) {
    return MatrixArchive.of(options, DataPath.resolve(path, workingDirectory)) != null;
  }

  /** Writes the matrices of a list to one file, as {@link #write} writes a value. */
  public void writeArchive(
      TensorSource source, String path, Path workingDirectory, WriteOptions options) {
    Path target = DataPath.resolve(path, workingDirectory);
    FileFormat format = MatrixArchive.of(options, target);
    if (isSpecial(target)) {
      throw new FormatException(path, "this is a device or pipe; write to a file");
    }
    MatrixArchive.check(options, format, path);
    publish(
        target,
        channel -> MatrixArchive.write(source, format, channel, path),
        listSidecar(format, options));
  }

  /** True when a file holds a network that is to be read as the list of its layers. */
  public boolean isNetwork(ReadRequest request) {
    return NetworkFile.isAt(request);
  }

  /** The layers of such a file, as {@link #readStable} reads values. */
  public NetworkResult readNetwork(ReadRequest request) {
    return stable(
        request,
        (data, fingerprint) -> new NetworkResult(NetworkFile.read(data.path()), fingerprint),
        _ -> {});
  }

  /** True when these options mean a file that holds the layers of a network. */
  public static boolean isNetwork(String path, Path workingDirectory, WriteOptions options) {
    return options.format() != null
        && FileFormat.named(options.format(), DataPath.resolve(path, workingDirectory).toString())
            == FileFormat.ONNX;
  }

  /** Writes the layers of a network, as {@link #write} writes a value. */
  public void writeNetwork(
      List<Layer> layers, String path, Path workingDirectory, WriteOptions options) {
    Path target = DataPath.resolve(path, workingDirectory);
    if (isSpecial(target)) {
      throw new FormatException(path, "this is a device or pipe; write to a file");
    }
    publish(
        target,
        channel -> OnnxFiles.write(layers, target, channel),
        listSidecar(FileFormat.ONNX, options));
  }

  private static Sidecar listSidecar(FileFormat format, WriteOptions options) {
    return new Sidecar(
        "list",
        "unknown",
        null,
        -1,
        -1,
        -1,
        format.label(),
        null,
        null,
        options.description(),
        -1,
        -1);
  }

  private void publish(Path target, AtomicOutput.Content content, Sidecar sidecar) {
    List<Path> sidecars = Sidecar.writtenFor(target);
    try (AtomicOutput output = new AtomicOutput()) {
      output.add(target, content);
      sidecars.forEach(each -> output.add(each, sidecar::writeTo));
      output.publish();
    } finally {
      LinkedPlace.names(target).forEach(fingerprints::invalidate);
      sidecars.forEach(fingerprints::invalidate);
    }
  }

  /**
   * Begins to write a list; its elements are written one by one with {@link #write}.
   *
   * @param path of the folder
   */
  public ListOutput writeList(String path, Path workingDirectory, WriteOptions options) {
    Path target = DataPath.resolve(path, workingDirectory);
    if (isSpecial(target)) {
      throw new FormatException(
          path, "a list is written to a folder, and this is a device or pipe");
    }
    String format = options.format() == null ? FileFormat.TEXT.label() : options.format();
    return new ListOutput(target, format, fingerprints);
  }

  /** The content's fingerprint, 32 hexadecimal digits, without reading the values. */
  public String fingerprint(ReadRequest request) {
    Path path = DataPath.resolve(request.path(), request.workingDirectory());
    if (ListFolder.isAt(path, request.options().dataType())) {
      return ListFolder.fingerprint(path, fingerprints);
    }
    return ContentFingerprint.of(DataPath.find(request, fingerprints), fingerprints).hex();
  }

  /**
   * Where the description of a file or folder lies, if it has one: beside it, and before that
   * beside a link that names it.
   */
  public static List<Path> descriptions(Path data) {
    return LinkedPlace.names(data).stream().map(Sidecar::pathFor).toList();
  }

  /** Where the descriptions of a file or folder are written with it. */
  public static List<Path> writtenDescriptions(Path data) {
    return Sidecar.writtenFor(data);
  }

  /**
   * The files that a read takes: the one that is named, the parts of a folder, the elements of a
   * list, what a model keeps in files beside it. Empty when it would find nothing to read.
   */
  public List<Path> files(ReadRequest request) {
    try {
      Path path = DataPath.resolve(request.path(), request.workingDirectory());
      if (ListFolder.isAt(path, request.options().dataType())) {
        List<Path> all = new ArrayList<>();
        for (ListEntry entry : ListFolder.entries(path)) {
          all.add(entry.path());
          all.addAll(files(entry.request()));
        }
        return all;
      }
      DataPath data = DataPath.find(request, fingerprints);
      return Stream.concat(data.parts().stream(), data.external().stream()).toList();
    } catch (FormatException e) {
      return List.of();
    }
  }

  /**
   * What the file system says of all files that a read takes: as long as this is the same, so is
   * the fingerprint. Null where {@link #stamp(String, Path)} is null for one of them.
   */
  public String stamp(ReadRequest request) {
    try {
      StringBuilder all = new StringBuilder();
      DataPath data = DataPath.find(request, fingerprints);
      for (Path file : Stream.concat(Stream.of(data.path()), data.external().stream()).toList()) {
        String each = stamp(file.toString(), request.workingDirectory());
        if (each == null) {
          return null;
        }
        all.append(each);
      }
      return all.toString();
    } catch (FormatException e) {
      return null;
    }
  }

  /**
   * What the file system says of a file and its sidecar: as long as this is the same, so is the
   * fingerprint of one that names no other files. Null for folders, for what is not there, and for
   * what was touched so recently that a further change need not show.
   */
  public String stamp(String path, Path workingDirectory) {
    Path file = DataPath.resolve(path, workingDirectory);
    try {
      Path description = Sidecar.readFor(file);
      look(file);
      look(description);
      FileStamp data = FileStamp.of(file);
      FileStamp sidecar = FileStamp.of(description);
      boolean isSettled =
          fingerprints.isSettled(data)
              && (sidecar.equals(FileStamp.ABSENT) || fingerprints.isSettled(sidecar));
      return Files.isRegularFile(file) && isSettled ? file + data.text() + sidecar.text() : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Opens a file if it is there: a client of a network file system may answer from what it
   * remembers of a file, for a minute, but asks when the file is opened.
   */
  private static void look(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      Files.newByteChannel(file).close();
    }
  }

  /**
   * Reads a value together with the fingerprint of exactly the content that was read: if a file
   * changed meanwhile, both are taken again.
   *
   * @throws FormatException also when the file keeps changing
   */
  public ReadResult readStable(ReadRequest request, Allocator allocator) {
    return stable(
        request,
        (data, fingerprint) ->
            new ReadResult(read(data, request.options(), allocator), fingerprint),
        result -> {
          if (result.value() instanceof MatrixOperand matrix) {
            matrix.buffer().release();
          }
        });
  }

  private <T> T stable(
      ReadRequest request, BiFunction<DataPath, String, T> reading, Consumer<T> release) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      DataPath data = DataPath.find(request, fingerprints);
      ContentFingerprint fingerprint = ContentFingerprint.of(data, fingerprints);
      T result;
      try {
        result = reading.apply(data, fingerprint.hex());
      } catch (FormatException e) {
        if (stillHolds(fingerprint, data, request)) {
          throw e;
        }
        continue;
      }
      if (stillHolds(fingerprint, data, request)) {
        return result;
      }
      release.accept(result);
    }
    throw new FormatException(
        request.path(),
        "the file keeps changing while it is read; read it when its writer is done");
  }

  private boolean stillHolds(ContentFingerprint fingerprint, DataPath data, ReadRequest request) {
    return fingerprint.stillHolds(data, fingerprints) && namesTheSameFiles(data, request);
  }

  /** False when the file was another one at the moment it was asked which files it needs. */
  private boolean namesTheSameFiles(DataPath data, ReadRequest request) {
    try {
      return DataPath.find(request, fingerprints).external().equals(data.external());
    } catch (FormatException e) {
      return false;
    }
  }

  private Operand read(DataPath data, ReadOptions options, Allocator allocator) {
    Sidecar sidecar = Sidecar.of(data.path());
    ReadSettings settings = ReadSettings.of(data, options, sidecar);
    return new ValueReader(settings, sidecar, source, threads).read(allocator);
  }

  /**
   * Writes a value and its sidecar. Both appear complete under their names, or nothing changes. A
   * device or pipe, such as {@code /dev/stdout}, is written to as it is and gets no sidecar.
   *
   * @param path a local path or {@code file:} URI; missing folders are made. Of a symbolic link,
   *     what it leads to is written
   * @throws FormatException when the place cannot be written
   * @throws dev.reprise.runtime.ResourceException when the disk is full
   */
  public void write(Operand value, String path, Path workingDirectory, WriteOptions options) {
    Path target = DataPath.resolve(path, workingDirectory);
    ValueWriter writer = new ValueWriter(value, target, options, threads);
    OpenFile open = OpenFile.namedBy(target);
    if (open != null || isDevice(target)) {
      writeThrough(target, open, writer);
      return;
    }
    publish(target, writer, writer.sidecar());
  }

  /** The absolute path that a script means: a local path or {@code file:} URI. */
  public static Path resolve(String path, Path workingDirectory) {
    return DataPath.resolve(path, workingDirectory);
  }

  /**
   * True for devices, pipes and the like, which a rename must never replace; also for the names of
   * open files, such as {@code /dev/stdout}, whatever they are redirected to.
   */
  public static boolean isSpecial(Path target) {
    return isDevice(target) || OpenFile.namedBy(target) != null;
  }

  /** What writes a content that is no value. */
  @FunctionalInterface
  public interface Bytes {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes to what is special as it is; behind what an open file has already.
   *
   * @throws FormatException when whoever has the file open would write over it
   */
  public static void writeThrough(Path special, Bytes content) throws IOException {
    OpenFile open = OpenFile.namedBy(special);
    if (open != null) {
      open.append(channel -> {
        try (OutputStream out = staysOpen(channel)) {
          content.writeTo(out);
        }
      });
      return;
    }
    try (OutputStream out = Files.newOutputStream(special)) {
      content.writeTo(out);
    }
  }

  private static OutputStream staysOpen(FileChannel channel) {
    return new BufferedOutputStream(Channels.newOutputStream(channel)) {
      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  private static boolean isDevice(Path target) {
    return Files.exists(target) && !Files.isDirectory(target) && !Files.isRegularFile(target);
  }

  private static void writeThrough(Path target, OpenFile open, ValueWriter writer) {
    try {
      if (open != null) {
        open.append(writer::writeTo);
        return;
      }
      try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
        writer.writeTo(channel);
      }
    } catch (IOException e) {
      throw FileProblems.writing(target, e);
    }
  }
}
