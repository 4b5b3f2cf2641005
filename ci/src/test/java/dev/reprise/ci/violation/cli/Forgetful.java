package dev.reprise.ci.violation.cli;

import dev.reprise.ci.violation.engine.Inside;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jocl.StandIn;

/** A command that breaks the rules about state, natives, the environment and files. */
final class Forgetful {
  static final AtomicLong seen = new AtomicLong();
  static long count;

  private Forgetful() {}

  static Inside engine(Inside inside, StandIn pointer) throws IOException {
    count += Linker.nativeLinker().hashCode() + pointer.hashCode();
    Path home = Path.of(System.getenv("HOME"));
    if (Boolean.getBoolean("reprise.write")) {
      Files.writeString(home.resolve("note"), Files.readString(home));
    }
    try (OutputStream out = new FileOutputStream("note")) {
      out.write(1);
    }
    return inside;
  }
}
