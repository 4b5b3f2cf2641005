package dev.reprise.bench.oracle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One system in a process of its own, which runs many scripts: it reads requests as lines and
 * answers each with {@code done}. A process that dies or takes too long is replaced by a new one.
 * Used by one thread.
 */
final class Worker implements AutoCloseable {
  private final List<String> command;
  private final Path folder;
  private final long limitSeconds;
  private Process process;
  private BufferedReader answers;

  /**
   * A worker that starts with its first script.
   *
   * @param command of the process
   * @param folder that it runs in
   * @param limitSeconds after which a script counts as hung
   */
  Worker(List<String> command, Path folder, long limitSeconds) {
    this.command = List.copyOf(command);
    this.folder = folder;
    this.limitSeconds = limitSeconds;
  }

  /** Runs a script, which writes into the folder that its argument {@code out} names. */
  Answer run(Path script, String mode, Map<String, String> arguments)
      throws IOException, InterruptedException {
    Path result = Files.createTempDirectory("oracle");
    Path written = Files.createTempDirectory("oracle-out");
    try {
      StringBuilder request = new StringBuilder(script + "\t" + result + "\t" + mode);
      arguments.forEach((name, value) -> request.append("\t" + name + "=" + value));
      request.append("\tout=" + written).append('\n');
      String failure = ask(request.toString());
      if (failure != null) {
        return new Answer("", failure, Map.of());
      }
      Path error = result.resolve("err");
      return new Answer(
          Files.readString(result.resolve("out")),
          Files.exists(error) ? Files.readString(error) : null,
          WrittenFiles.in(written));
    } finally {
      Folders.delete(result);
      Folders.delete(written);
    }
  }

  /** Forgets what the process may keep of earlier scripts: the next one runs in a new process. */
  void restart() throws InterruptedException {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      process = null;
    }
  }

  /** Null when the worker answered, else what became of it. */
  private String ask(String request) throws IOException, InterruptedException {
    if (process == null) {
      start();
    }
    try {
      process.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      restart();
      return "the process died: " + e.getMessage();
    }
    FutureTask<String> answer = new FutureTask<>(answers::readLine);
    Thread.ofVirtual().start(answer);
    try {
      if ("done".equals(answer.get(limitSeconds, TimeUnit.SECONDS))) {
        return null;
      }
      restart();
      return "the process died";
    } catch (TimeoutException e) {
      restart();
      return "hung: no end after " + limitSeconds + " s";
    } catch (ExecutionException e) {
      restart();
      return "the process died: " + e.getCause().getMessage();
    }
  }

  private void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    try {
      restart();
    } catch (InterruptedException e) {
      // The process has been told to end; nobody needs to see it end.
      Thread.currentThread().interrupt();
    }
  }
}
