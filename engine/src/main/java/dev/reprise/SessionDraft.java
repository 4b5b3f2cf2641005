package dev.reprise;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.StoreConfig;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Options of a session that may still change. Belongs to one thread. */
final class SessionDraft {
  ReuseMode reuse;
  String policy;
  long hostBytes;
  OptionalLong seed;
  int threads;
  Precision precision;
  ProductPrecision products;
  Numerics numerics;
  boolean dedup;
  OptionalLong diskBytes;
  OptionalLong lineageBytes;
  int verifyReuse;
  Set<Trap> traps;
  boolean estimate;
  boolean fusion;
  List<Path> library;
  Path workingDirectory;
  PrintStream out;
  PrintStream err;
  Path natives;
  Path spillFolder;
  DeviceConfig devices;
  Path traceFile;
  Path metrics;
  ProgressListener progress;
  StoreConfig store;

  SessionDraft(SessionConfig from) {
    reuse = from.reuse();
    policy = from.policy();
    hostBytes = from.hostBytes();
    seed = from.seed();
    threads = from.threads();
    precision = from.precision();
    products = from.products();
    numerics = from.numerics();
    dedup = from.dedup();
    diskBytes = from.diskBytes();
    lineageBytes = from.lineageBytes();
    verifyReuse = from.verifyReuse();
    traps = from.traps();
    estimate = from.estimate();
    fusion = from.fusion();
    library = from.library();
    workingDirectory = from.workingDirectory();
    out = from.out();
    err = from.err();
    natives = from.natives();
    spillFolder = from.spillFolder();
    devices = from.devices();
    traceFile = from.traceFile();
    metrics = from.metrics();
    progress = from.progress();
    store = from.store();
  }

  SessionConfig config() {
    return new SessionConfig(
        reuse,
        policy,
        hostBytes,
        seed,
        threads,
        precision,
        products,
        numerics,
        dedup,
        diskBytes,
        lineageBytes,
        verifyReuse,
        traps,
        estimate,
        fusion,
        library,
        workingDirectory,
        out,
        err,
        natives,
        spillFolder,
        devices,
        traceFile,
        metrics,
        progress,
        store);
  }
}
