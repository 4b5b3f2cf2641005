package dev.reprise.cli;

import dev.reprise.ScriptException;
import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.store.UnknownNameException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Tells a person what went wrong and picks the exit code; never a bare stack trace. */
final class Failures {
  private final Console console;
  private final List<String> words;

  Failures(Console console, List<String> words) {
    this.console = console;
    this.words = words;
  }

  ExitCode report(Throwable failure) {
    PrintStream err = console.err();
    if (console.interruption().isInterrupted()) {
      return ExitCode.INTERRUPTED;
    }
    if (lostOutput(failure) instanceof StandardOutput.Lost lost) {
      return outputLost(lost);
    }
    switch (failure) {
      case UsageException usage -> {
        err.println("reprise: " + usage.getMessage());
        return ExitCode.USAGE;
      }
      case UnknownNameException unknown -> {
        err.println("reprise: " + unknown.getMessage());
        return ExitCode.USAGE;
      }
      case CompileException compile -> {
        err.print(DiagnosticPrinter.print(compile.diagnostics()));
        err.flush();
        return ExitCode.SCRIPT;
      }
      case ScriptException script -> {
        return script(script);
      }
      case OperandException operand -> {
        err.println("reprise: " + operand.getMessage());
        return ExitCode.SCRIPT;
      }
      case ResourceException resource -> {
        err.println("reprise: " + resource.getMessage());
        return ExitCode.RESOURCE;
      }
      case IOException io when io.getCause() instanceof CharacterCodingException -> {
        err.println("reprise: " + reason(io));
        return ExitCode.SCRIPT;
      }
      case IOException io -> {
        err.println("reprise: " + reason(io));
        return ExitCode.RESOURCE;
      }
      case OutOfMemoryError memory -> {
        err.println(
            "reprise: out of Java heap memory ("
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB); REPRISE_JAVA_OPTS=-Xmx8g gives more");
        return ExitCode.RESOURCE;
      }
      case CancellationException cancelled -> {
        err.println("reprise: cancelled");
        return ExitCode.INTERRUPTED;
      }
      default -> {
        return bug(failure);
      }
    }
  }

  /** What the file system said, in words: several of its exceptions carry nothing but the path. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case FileSystemException other when other.getReason() != null ->
          other.getReason() + ": " + other.getFile();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private ExitCode script(ScriptException failure) {
    return switch (failure.kind()) {
      case SCRIPT, STOP -> told(failure, ExitCode.SCRIPT);
      case RESOURCE -> told(failure, ExitCode.RESOURCE);
      case INTERNAL -> {
        if (failure.getCause() instanceof OutOfMemoryError memory) {
          yield report(memory);
        }
        told(failure, ExitCode.BUG);
        yield bug(failure.getCause() == null ? failure : failure.getCause());
      }
    };
  }

  private ExitCode told(ScriptException failure, ExitCode code) {
    console.err().println(failure.getMessage());
    return code;
  }

  private ExitCode outputLost(StandardOutput.Lost lost) {
    if (lost.readerLeft()) {
      return ExitCode.BROKEN_PIPE;
    }
    console.err().println("reprise: " + lost.getMessage());
    return ExitCode.RESOURCE;
  }

  private ExitCode bug(Throwable failure) {
    Path report = BugReport.write(failure, words);
    String where = report == null ? "" : "; details for a bug report: " + report;
    console.err().println("reprise: internal error, a bug of Reprise: " + oneLine(failure) + where);
    return ExitCode.BUG;
  }

  private static Throwable lostOutput(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 50; depth++) {
      if (cause instanceof StandardOutput.Lost) {
        return cause;
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return message == null ? name : name + ": " + message.lines().findFirst().orElse("");
  }
}
