namespace Offproof.Server;
