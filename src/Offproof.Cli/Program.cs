using Offproof.Cli;

return await CommandLine.RunAsync(args);
