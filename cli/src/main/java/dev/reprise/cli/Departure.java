package dev.reprise.cli;

import dev.reprise.store.StoreConfig;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * How a command ends for whoever called it while its process goes on, to write into an experiment
 * store what the run has left. The launcher waits for an exit code on a pipe, or for the end of the
 * process if none comes:
 *
 * <pre>
 *   launcher   starts java ----- waits ------------------> exits with the code
 *   java             \--> runs, prints, closes its streams, tells the code --> writes, exits
 * </pre>
 *
 * <p>Until then the process ends with its launcher, however that dies, as if it were the same
 * process. Used by the main thread; a thread of its own looks after the launcher.
 */
final class Departure {
  /** Of a process that is waited for until it ends. */
  static final Departure NONE = none(UnaryOperator.identity());

  /** Killed, as the launcher was: 128 + SIGKILL. */
  private static final int KILLED = 137;

  private static final long LOOK_NANOS = 500_000_000;

  private final long launcher;
  private final Path pipe;
  private final UnaryOperator<StoreConfig> storing;

  // Written by the main thread.
  private volatile boolean left;

  private Departure(long launcher, Path pipe, UnaryOperator<StoreConfig> storing) {
    this.launcher = launcher;
    this.pipe = pipe;
    this.storing = storing;
  }

  /**
   * The departure that a launcher offers.
   *
   * @param offer {@code PID DESCRIPTOR} of the launcher and of the pipe that it reads; null, or
   *     anything else, is no offer
   */
  static Departure of(String offer) {
    return of(offer, StoreConfig::writtenAfterwards);
  }

  /**
   * As the other.
   *
   * @param storing what becomes of the store of a run that ends so
   */
  static Departure of(String offer, UnaryOperator<StoreConfig> storing) {
    if (offer == null || !offer.matches("[0-9]{1,18} [0-9]{1,9}")) {
      return NONE;
    }
    String[] parts = offer.split(" ");
    long launcher = Long.parseLong(parts[0]);
    Path pipe = Path.of("/dev/fd", parts[1]);
    if (!isParent(launcher)) {
      if (Files.exists(pipe) && isDead(launcher)) {
        // Killed while this JVM started: nobody waits for what is about to begin.
        Runtime.getRuntime().halt(KILLED);
      }
      // Inherited from a command that started this one.
      return NONE;
    }
    Departure departure = new Departure(launcher, pipe, storing);
    Thread.ofPlatform().name("reprise-launcher").daemon().start(departure::watch);
    return departure;
  }

  private static boolean isParent(long pid) {
    return ProcessHandle.current().parent().filter(parent -> parent.pid() == pid).isPresent();
  }

  /** Whether a process has ended, also when nobody has asked for its exit code yet. */
  private static boolean isDead(long pid) {
    if (ProcessHandle.of(pid).isEmpty()) {
      return true;
    }
    try {
      String facts =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      // PID (NAME) STATE: a name may hold anything, the rest has no parenthesis.
      return facts.startsWith(") Z", facts.lastIndexOf(')'));
    } catch (IOException e) {
      // It has just ended, or this system tells nothing of processes.
      return ProcessHandle.of(pid).isEmpty();
    }
  }

  private void watch() {
    while (!left && isParent(launcher)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    if (!left) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /**
   * That of a command which is waited for until its process ends.
   *
   * @param storing what becomes of the store of its run
   */
  static Departure none(UnaryOperator<StoreConfig> storing) {
    return new Departure(0, null, storing);
  }

  /** True when the process may outlive its command. */
  boolean isPossible() {
    return pipe != null;
  }

  /** A store as a run of this command is to write to it. */
  StoreConfig storing(StoreConfig named) {
    return storing.apply(named);
  }

  /**
   * Ends the command, whose output was flushed; what is printed from now on is lost.
   *
   * @throws IOException when the launcher cannot be told, and waits for the end of the process
   */
  void leave(ExitCode code) throws IOException {
    try (FileOutputStream told = new FileOutputStream(pipe.toFile())) {
      // Of these three the JDK makes streams to nowhere: readers of ours see their end.
      new FileInputStream(FileDescriptor.in).close();
      new FileOutputStream(FileDescriptor.out).close();
      new FileOutputStream(FileDescriptor.err).close();
      left = true;
      told.write((code.number() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }
}
