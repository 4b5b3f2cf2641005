package dev.reprise.formats.metrics;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Another process that locks a file, says whether it could, and keeps it until its input ends. */
final class MarkHolder implements AutoCloseable {
  private final Process process;
  private final boolean hasIt;

  private MarkHolder(Process process) throws IOException {
    this.process = process;
    this.hasIt = process.getInputStream().read() == '1';
  }

  static MarkHolder start(Path file) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new MarkHolder(
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MarkHolder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  boolean hasIt() {
    return hasIt;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }

  public static void main(String[] arguments) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(arguments[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      System.out.write(channel.tryLock() == null ? '0' : '1');
      System.out.flush();
      System.in.read();
    }
  }
}
