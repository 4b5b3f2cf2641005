package dev.reprise.runtime.cpu;

import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Finds the kernel of an opcode; immutable, usable from any thread. */
public final class KernelTable {
  private final Map<String, Kernel> kernels;

  /** By the number of their opcode; null where there is none. */
  private final Kernel[] byNumber;

  private KernelTable(Map<String, Kernel> kernels, OperationTable operations) {
    this.kernels = Map.copyOf(kernels);
    this.byNumber = new Kernel[operations.all().size()];
    kernels.forEach((opcode, kernel) -> byNumber[operations.get(opcode).number()] = kernel);
  }

  /** The kernel of an opcode of the standard table, or null. */
  public Kernel find(Opcode opcode) {
    return byNumber[opcode.number()];
  }

  /** The kernel of the opcode of that name, or null. */
  public Kernel find(String opcode) {
    return kernels.get(opcode);
  }

  /** Names of all opcodes that have a kernel. */
  public Set<String> opcodes() {
    return Set.copyOf(kernels.keySet());
  }

  /** Collects kernels. Each family adds its own in one {@code register} method. */
  public static final class Builder {
    private final Map<String, Kernel> kernels = new HashMap<>();
    private final OperationTable operations = OperationTable.standard();

    /** Adds one kernel; throws for an opcode that does not exist or has a kernel already. */
    public Builder add(String opcode, Kernel kernel) {
      if (operations.find(opcode) == null) {
        throw new IllegalArgumentException("a kernel for the unknown opcode '" + opcode + "'");
      }
      if (kernels.put(opcode, kernel) != null) {
        throw new IllegalArgumentException("two kernels for the opcode '" + opcode + "'");
      }
      return this;
    }

    /** The kernel added under that name so far, or null; for kernels that call others. */
    public Kernel find(String opcode) {
      return kernels.get(opcode);
    }

    public KernelTable build() {
      return new KernelTable(kernels, operations);
    }
  }
}
