package dev.reprise.runtime;

import dev.reprise.runtime.operation.Operation;

/** One operation's code on one device; a pure function. See {@link Device#execute}. */
@FunctionalInterface
public interface Kernel {
  Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context);
}
